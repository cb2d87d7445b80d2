/** Why a line was not taken, as the server says it, to what it is called here. */
const known: [RegExp, string][] = [
  [/^was imported before$/, 'problem.before'],
  [/^is the same card as (an earlier line|line \d+)$/, 'problem.repeated'],
  [/^expires_at is not a date/, 'problem.date'],
  [/^cost is not an amount/, 'problem.cost'],
  [/is longer than \d+/, 'problem.long'],
  [/control characters|invisible marks/, 'problem.characters'],
]

/** In the reader's language where there are words for it, else as the server says it. */
export function problemText(t: (id: string) => string, reason: string): string {
  const found = known.find(([pattern]) => pattern.test(reason))
  return found ? t(found[1]) : reason
}
