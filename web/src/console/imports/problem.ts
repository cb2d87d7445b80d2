type Translate = (id: string, values?: Record<string, unknown>) => string

/** Why a line or a whole file was not taken, as the server says it, to what it is called here; with what it counts. */
const known: [RegExp, string][] = [
  [/^was imported before$/, 'problem.before'],
  [/^is the same card as an earlier line$/, 'problem.repeated'],
  [/^is the same card as line (?<line>\d+)$/, 'problem.sameAs'],
  [/^has no secret$/, 'problem.empty'],
  [/^has expired already$/, 'problem.expired'],
  [/^expires_at is not a date/, 'problem.date'],
  [/^cost is not an amount/, 'problem.cost'],
  [/^is longer than (?<count>\d+) bytes$/, 'problem.long'],
  [/^the secret is longer than (?<count>\d+) bytes$/, 'problem.long.secret'],
  [/^the number is longer than (?<count>\d+) bytes$/, 'problem.long.number'],
  [/^the password is longer than (?<count>\d+) bytes$/, 'problem.long.password'],
  [/^the note is longer than (?<count>\d+) characters$/, 'problem.long.note'],
  [/^the note has control characters$/, 'problem.note'],
  [/^has control characters or invisible marks$/, 'problem.characters'],
  [/^is not text$/, 'problem.text'],
  [/^is not valid UTF-8$/, 'problem.utf8'],
  [/^is neither valid UTF-8 nor valid GBK$/, 'problem.encoding'],
  [/^is UTF-16; save it as UTF-8$/, 'problem.utf16'],
  [/^has a quote that is not closed$/, 'problem.quote'],
  [/^is not a row of CSV$/, 'problem.row'],
  [/^has more cells than the first row has columns$/, 'problem.cells'],
  [/^must name its columns in the first row/, 'problem.head'],
  [/^names a column twice$/, 'problem.twice'],
  [/^holds no card$/, 'problem.none'],
]

/** In the reader's language where there are words for it, else as the server says it. */
export function problemText(t: Translate, reason: string): string {
  for (const [pattern, id] of known) {
    const found = pattern.exec(reason)
    if (found) return t(id, found.groups)
  }
  return reason
}

/** What a refused file was, where it is the content that was refused. */
export const contentText = (t: Translate, detail: string): string => problemText(t, detail.replace(/^the content /, ''))

/** How an import ended before its end. */
export function failureText(t: Translate, failure: string): string {
  const said = /^It (?<how>failed|was cut off) after (?<lines>\d+) lines\. .* (?<next>continues it|begins it again)\.$/.exec(failure)?.groups
  if (!said) return failure
  const [how, next] = [said.how === 'failed' ? 'import.failure.failed' : 'import.failure.cut', said.next === 'continues it' ? 'import.failure.goesOn' : 'import.failure.anew']
  return `${t(how, { lines: said.lines })} ${t(next)}`
}
