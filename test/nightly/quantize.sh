# All float models of the corpus that come with labels, quantised.
# REQUIRES: nightly-models, shared
# RUN: env SYSTOLE_QUANTIZED=mnist,lstm,resnet8,keywords bash %S/../e2e/quantize.sh %t
