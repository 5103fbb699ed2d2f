#!/bin/sh
# {title}
# Samlight wrote it. Read it before you run it.
#
#   sh {name}          asks GitLab, and says what it would change; it changes nothing
#   sh {name} --run    makes the changes, one after the other
#
# It needs curl, jq, and in GITLAB_TOKEN the token of an owner of the group, with the scope "api".
# Before each change it asks GitLab whether this user still has the old identifier, and afterwards it reads
# the new one back. All that it does is a line of the log beside it. When it was stopped, run it again: it
# goes on where it was. SAMLIGHT_PAUSE is the number of seconds between two changes (1).
#
# {other}
# Identifiers are percent-encoded here, as in the address of a page.

set -u
root='{root}'
group='{group}'
log="$0.log"
pause="${SAMLIGHT_PAUSE-1}"
run=no
case "${1-}" in
  '') ;;
  --run) run=yes ;;
  *) echo "Use: sh $0 [--run]" >&2; exit 2 ;;
esac
case "$pause" in
  '' | *[!0-9]*) echo 'SAMLIGHT_PAUSE is a whole number of seconds.' >&2; exit 2 ;;
esac
for program in curl jq mktemp; do
  command -v "$program" >/dev/null || { echo "Install $program first." >&2; exit 2; }
done
case "${GITLAB_TOKEN-}" in
  '') echo 'Put the token of a group owner into GITLAB_TOKEN.' >&2; exit 2 ;;
  *[!A-Za-z0-9_.=-]*) echo 'GITLAB_TOKEN is no token: it has other characters.' >&2; exit 2 ;;
esac
answer=$(mktemp) && head=$(mktemp) || exit 2
trap 'rm -f "$answer" "$head"' EXIT
trap 'exit 130' INT TERM
good=0
bad=0

# One request: method, path, form. The token is in no argument, so no list of programs shows it.
ask() {
  : >"$answer"
  : >"$head"
  status=$(printf 'header = "PRIVATE-TOKEN: %s"\n' "$GITLAB_TOKEN" | curl --config - --silent --max-time 60 \
    --request "$1" --dump-header "$head" --output "$answer" --write-out '%{http_code}' \
    ${3+--data "$3"} "$root$2") || status=000
}

# Waits, as long as GitLab asks for or longer each time; not more than six times.
wait_more() {
  tries=$((tries + 1))
  [ "$tries" -le 6 ] || return 1
  after=$(tr -d '\r' <"$head" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9][0-9]*\)$/\1/p' | tail -n 1)
  sleep "${after:-$((pause * tries * tries))}"
}

# Whether the last answer may be another one when it is asked again.
is_passing() {
  case "$status" in 000 | 429 | 5??) return 0 ;; *) return 1 ;; esac
}

# Asks for the identity with this identifier until GitLab answers.
get() {
  tries=0
  ask GET "/api/v4/groups/$group/$1/$2"
  while is_passing && wait_more; do
    ask GET "/api/v4/groups/$group/$1/$2"
  done
  case "$status" in
    401 | 403) tell stopped "GitLab refuses the token ($status)"; finish ;;
  esac
  if is_passing; then
    tell stopped "GitLab does not answer ($status)"
    finish
  fi
}

# Whether the last answer is the identity of this user with exactly this identifier. Older versions of jq
# leave five more characters as they are.
has() {
  [ "$status" = 200 ] && jq -e --arg value "$1" --argjson user "$2" '.user_id == $user and (.extern_uid | @uri
    | gsub("!"; "%21") | gsub("\u0027"; "%27") | gsub("[(]"; "%28") | gsub("[)]"; "%29") | gsub("[*]"; "%2A"))
    == $value' "$answer" >/dev/null 2>&1
}

# Whether it is the identity of another user.
is_of_other() {
  [ "$status" = 200 ] && jq -e --argjson user "$1" '.user_id != $user' "$answer" >/dev/null 2>&1
}

# Says what came of a change, on the screen and in the log.
tell() {
  line="$1	$what	$2"
  echo "$line"
  [ "$run" = no ] || printf '%s\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$line" >>"$log"
  case "$1" in
    changed | same | would) good=$((good + 1)) ;;
    *) bad=$((bad + 1)) ;;
  esac
}

finish() {
  echo "$good as they are to be, $bad not."
  [ "$bad" = 0 ] || exit 1
  exit 0
}

# Changes one identifier: saml or scim, the old one, the new one, the user's number, the user's name.
change() {
  what="$1 of user $4 $5: $2 -> $3"
  sent=0
  while :; do
    get "$1" "$3"
    if has "$3" "$4"; then
      if [ "$sent" = 0 ]; then tell same 'it has the new identifier'; else tell changed 'read back'; fi
      return
    fi
    if is_of_other "$4"; then
      tell left 'another user has the new identifier'
      return
    fi
    get "$1" "$2"
    if ! has "$2" "$4"; then
      tell left 'GitLab does not have the old identifier for this user'
      return
    fi
    if [ "$run" = no ]; then
      tell would 'change it'
      return
    fi
    if [ "$sent" -ge 6 ]; then
      tell left "GitLab does not change it ($status)"
      return
    fi
    sent=$((sent + 1))
    ask PATCH "/api/v4/groups/$group/$1/$2" "extern_uid=$3"
    if is_passing; then
      # Nobody knows what came of it: the next turn reads it back.
      tries=$((sent - 1))
      wait_more
    elif [ "$status" = 401 ] || [ "$status" = 403 ]; then
      tell stopped "GitLab refuses the token ($status)"
      finish
    elif [ "$status" != 200 ]; then
      tell left "GitLab says $status: $(jq -r '.message // .error // ""' "$answer" 2>/dev/null | tr -cd '[:print:]')"
      return
    fi
    sleep "$pause"
  done
}

{changes}finish
