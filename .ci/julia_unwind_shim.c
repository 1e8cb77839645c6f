/* For LD_PRELOAD under the Julia tests, and only where they need it.
 *
 * Debian's Julia 1.5.3 hands the unwind tables of compiled code to the system's libunwind 1.6, which reads
 * them wrongly and crashes at the first backtrace through such code. Not registering them leaves
 * backtraces shorter and everything else as it is. Whether a Julia needs this:
 *
 *   julia -e 'f(x) = x > 0 ? error("x") : x; g(x) = try f(x) catch e; 0 end; g(1)'
 *
 * ends with a signal where it does. Built with: cc -shared -fPIC */
void _U_dyn_register(void *tables) { (void)tables; }
