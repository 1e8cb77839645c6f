# Doxygen's input filter for include/ascribe.h: gives the opening chapter a place, and every documented name the group of what it
# is about, which its prefix says. The header is generated and reads better without such commands.

function title(group) {
  split("version:Versions|error:Errors and statuses|cancel:Cancellation|context:Contexts|watch:Progress|graph:Graphs|" \
        "dataset:Datasets|model:Models|training:Training|ledger:Ledgers|attribution:Scores|influence:Influence|" \
        "what_if:What if|rollback:Rollback|verify:Verification|array:Arrays|other:Constants of the library", parts, "|")
  for (i in parts) if (index(parts[i], group ":") == 1) return substr(parts[i], length(group) + 2)
}

# The group of a declared name without "ascribe_".
function group_of(name) {
  if (name ~ /^(version|abi_version)/) return "version"
  if (name ~ /^(error|status|ok$|invalid_|shape$|canceled$|io$|format$|wrong_version$|not_|unsupported$|out_of_|internal$)/) return "error"
  if (name ~ /^curvature$/) return "error"
  if (name ~ /^cancel/) return "cancel"
  if (name ~ /^(context|log)/) return "context"
  if (name ~ /^(watch|progress)/) return "watch"
  if (name ~ /^(graph_options|model|triple_options|row_options|layer|activation|loss|sides|candidates|f64|f32|ranking)/) return "model"
  if (name ~ /^(graph|node|no_node)/) return "graph"
  if (name ~ /^(dataset|table_options|part|targets)/) return "dataset"
  if (name ~ /^(trainer|training|method|schedule|attribution_(momentum|step)$)/) return "training"
  if (name ~ /^ledger/) return "ledger"
  if (name ~ /^(attribution|order|certificate)/) return "attribution"
  if (name ~ /^(what_if|influence_what_if|change|level)/) return "what_if"
  if (name ~ /^(influence|curvature|solver|standing)/) return "influence"
  if (name ~ /^(rollback|scope|effort)/) return "rollback"
  if (name ~ /^(verify|fidelity)/) return "verify"
  if (name ~ /^matrix/) return "array"
  return "other"
}

# What a declaration declares: the first name of ours on its line that is not a type before another one.
function declared(line,    name) {
  if (line ~ /^#define /) { split(line, words, " "); name = words[2] }
  else if (line ~ /^typedef .*\(\*/) { name = line; sub(/^[^(]*\(\*/, "", name); sub(/\).*/, "", name) }
  else if (line ~ /^typedef struct/) { split(line, words, " "); name = words[3] }
  else if (line ~ /^typedef/) { name = line; sub(/;.*/, "", name); sub(/.* /, "", name) }
  else { name = line; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
  name = tolower(name)
  sub(/^ascribe_/, "", name)
  return group_of(name)
}

NR == 1 { print "/** @file"; print " * @brief The C interface, of which everything else is made."; print " *"; opening = 1; next }
opening && /^ \* [A-Z][A-Z, ]+$/ { sub(/^ \* /, ""); print " * ## " substr($0, 1, 1) tolower(substr($0, 2)); next }
opening && /^ \*\/$/ { opening = 0; print; for (n = split("version error context cancel watch array graph dataset model training ledger rollback influence what_if attribution verify other", order, " ") + 1; ++k < n;) print "/** @defgroup " order[k] " " title(order[k]) " */"; next }
opening { print; next }
/^\/\*\*$/ { inside = 1; comment = ""; next }
inside && /^ \*\/$/ { inside = 0; waiting = 1; next }
inside { comment = comment "\n" $0; next }
waiting { waiting = 0; print "/**\n * @ingroup " declared($0) comment "\n */" }
{ print }
