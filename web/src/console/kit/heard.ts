/** A line that has been quiet for longer than three heartbeats is lost, whatever it says. */
const quiet = 40_000

type Sink = { next: (cursor: string | null) => void; error: () => void }

/** Watches over a subscription: `heard` is to be called with each push, and where none comes for too long the line is
 *  told to be lost. `begin` opens it and answers how it is ended. */
export function listening(sink: Sink, begin: (heard: (cursor: string) => void) => { unsubscribe: () => void }): () => void {
  let watch = window.setTimeout(sink.error, quiet)
  const { unsubscribe } = begin((cursor) => {
    clearTimeout(watch)
    watch = window.setTimeout(sink.error, quiet)
    sink.next(cursor)
  })
  return () => {
    clearTimeout(watch)
    unsubscribe()
  }
}
