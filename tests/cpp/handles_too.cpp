// The second file of handles.cpp: the header defines nothing twice.
#include "check.hpp"

double mean_of_line() {
  double sum = 0;
  for (const double target : Line().data().targets()) sum += target;
  return sum / 20;
}
