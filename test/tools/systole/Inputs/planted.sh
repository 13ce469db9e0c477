# planted.sh PATTERN FILE: a planted failure: status 3 where the text matches.
if grep -Eq -- "$1" "$2"; then exit 3; fi
