/** How long the server asks to be left alone, in milliseconds; a second where it does not say. */
export function waitOf(answer: { headers: { get: (name: string) => string | null } } | undefined): number {
  const seconds = Number(answer?.headers.get('retry-after') ?? NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 300) * 1000 : 1000
}
