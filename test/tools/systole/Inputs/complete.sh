# complete.sh FILE WORD...: what bash offers after "systole WORD...", a line each.
source "$1"
shift
COMP_WORDS=(systole "$@")
COMP_CWORD=$#
_systole systole "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
