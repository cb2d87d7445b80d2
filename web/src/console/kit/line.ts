import type { CombinedError } from 'urql'
import { endOf, type Sink } from '@/lib/live.ts'
import { whenOpen } from '../desk.ts'

type Result<Data> = { data?: Data; error?: CombinedError }
type Source<Data> = { subscribe: (told: (result: Result<Data>) => void) => { unsubscribe: () => void } }

/** A subscription of the desk's socket as a line: it is open when the socket is, long before the first push. `came`
 *  answers a push's cursor. */
export function overDesk<Data>(after: string | null, sink: Sink, source: Source<Data>, came: (data: Data) => string): () => void {
  const { unsubscribe } = source.subscribe(({ data, error }) => {
    if (error) sink.end(endOf(error, after))
    else if (data) sink.heard(came(data))
  })
  const forget = whenOpen(sink.open)
  return () => {
    forget()
    unsubscribe()
  }
}
