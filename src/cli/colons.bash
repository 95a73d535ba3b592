
# Bash takes `user:alice` apart at the colon. The parts are put together again before the program is asked, and what stands before the last
# colon is left out of its answers, since bash replaces the last part alone.
_delegraph_with_colons() {
    local line="$COMP_LINE" joined=() cword=0 word index
    for (( index = 0; index < ${#COMP_WORDS[@]}; index++ )); do
        word="${COMP_WORDS[index]}"
        if (( index > 0 )) && [[ "$line" != [[:blank:]]* && ( "$word" == :* || "${joined[-1]}" == *: ) ]]; then
            joined[-1]+="$word"
        else
            joined+=("$word")
            line="${line#"${line%%[![:blank:]]*}"}"
        fi
        line="${line#"$word"}"
        (( index == COMP_CWORD )) && cword=$(( ${#joined[@]} - 1 ))
    done
    local COMP_WORDS=("${joined[@]}") COMP_CWORD=$cword
    local current="${COMP_WORDS[COMP_CWORD]}"
    _clap_complete_delegraph "$1" "$current" "$3"
    if [[ "$COMP_WORDBREAKS" == *:* && "$current" == *:* ]]; then
        local candidates=("${COMPREPLY[@]#"${current%:*}:"}")
        COMPREPLY=()
        for word in "${candidates[@]}"; do
            [[ -n "$word" ]] && COMPREPLY+=("$word")
        done
    fi
}
if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -o nospace -o bashdefault -o nosort -F _delegraph_with_colons delegraph
fi
