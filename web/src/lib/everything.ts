import type { CombinedError } from 'urql'
import { waitOf } from './wait.ts'

/** How many rows are fetched at most for a file: enough for a month's orders, and a browser holds them easily. */
export const mostRows = 20_000
/** How many the server gives at once at most. */
const mostAtOnce = 100
/** How often one page is asked for before it is given up. */
const tries = 8

type Answer<Row> = { rows?: readonly Row[] | undefined; end?: string | null; error?: CombinedError | undefined }
export type Everything<Row> = { rows: readonly Row[]; /** There would be more than a file holds. */ cut: boolean }

const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** Reads a list to its end, as fast as the server lets it. Throws where a page can't be had: half a file is none.
 *  `usual`: how many rows a page has that was read before. */
export async function everything<Row>(
  ask: (first: number, after: string | null) => Promise<Answer<Row>>,
  told: (count: number) => void,
  { usual = 25, wait = sleep }: { usual?: number; wait?: (ms: number) => Promise<void> } = {},
): Promise<Everything<Row>> {
  const rows: Row[] = []
  let [first, after, failures] = [mostAtOnce, null as string | null, 0]
  for (;;) {
    const { rows: found, end = null, error } = await ask(first, after)
    if (found) {
      rows.push(...found)
      told(rows.length)
      failures = 0
      if (end === null) return { rows, cut: false }
      if (rows.length >= mostRows) return { rows: rows.slice(0, mostRows), cut: true }
      after = end
      continue
    }
    if (!error) return { rows, cut: false }
    const codes = error.graphQLErrors.map((one) => one.extensions.code)
    // A page of so many may cost more than one request may.
    if (codes.includes('BAD_REQUEST') && first > usual) first = usual
    else if (++failures < tries && codes.some((code) => code === 'THROTTLED' || code === 'UNAVAILABLE')) await wait(waitOf(error.response as Response | undefined))
    else if (error.networkError && failures < 3) await wait(1000 * failures)
    else throw error
  }
}
