import type { CombinedError } from 'urql'

export type Page<Row> = { rows: readonly Row[]; end: string | null }
/** What came of asking for a page. `stale`: from the cache, and being asked anew. */
export type Came<Row> = { page?: Page<Row>; error?: CombinedError; stale: boolean }
/** Asks for the page after a cursor, tells what comes whenever something does, and answers how that is ended. */
export type Ask<Row> = (after: string | null, fresh: boolean, told: (came: Came<Row>) => void) => () => void

export type Shown<Row> = {
  rows: readonly Row[]
  /** The first page or the next one is on its way. */
  loading: boolean
  /** Why something could not be read; what was read before stays. */
  error: CombinedError | null
  /** There is a next page, or one that could not be had. */
  more: boolean
}

type Part<Row> = {
  after: string | null
  /** What was read last, and after which cursor that was; null until something was. */
  read: (Page<Row> & { after: string | null }) | null
  error: CombinedError | null
  waiting: boolean
  /** To be read again once the page before it was. */
  due: boolean
  close: () => void
}

/** A list that is read page by page, each from where the one before ends. Where that moves, since something was added or
 *  is gone, the pages behind it are read again, so that nothing is missing and nothing there twice. Rows that were read
 *  stay until others can take their place. */
export class Reading<Row> {
  readonly #ask: Ask<Row>
  readonly #tell: (shown: Shown<Row>) => void
  #parts: Part<Row>[] = []
  #rows: readonly Row[] = []
  #again = false

  constructor(ask: Ask<Row>, tell: (shown: Shown<Row>) => void) {
    this.#ask = ask
    this.#tell = tell
    this.#add(null)
  }

  /** The next page; or the last one once more, if it could not be had. */
  more(): void {
    const last = this.#parts.at(-1)
    if (!last || last.waiting) return
    if (!last.read) this.#read(last, true)
    else if (last.read.end !== null) this.#add(last.read.end)
  }

  /** Everything that was read, anew. Asked for while something is on its way, it comes after that, once. */
  reload(): void {
    if (this.#parts.some((part) => part.waiting)) {
      this.#again = true
      return
    }
    for (const part of this.#parts) part.due = true
    const [first] = this.#parts
    if (first) this.#read(first, true)
  }

  /** What could not be had, once more. */
  retry(): void {
    if (this.#parts.at(-1)?.read) this.reload()
    else this.more()
  }

  close(): void {
    for (const part of this.#parts.splice(0)) part.close()
  }

  #add(after: string | null): void {
    const part: Part<Row> = { after, read: null, error: null, waiting: false, due: false, close: () => {} }
    this.#parts.push(part)
    this.#read(part, false)
  }

  #read(part: Part<Row>, fresh: boolean): void {
    part.close()
    Object.assign(part, { waiting: true, due: false, error: null })
    let wanted = true
    let stop = () => {}
    part.close = () => {
      wanted = false
      stop()
    }
    stop = this.#ask(part.after, fresh, (came) => wanted && this.#came(part, came))
    if (!wanted) stop()
    this.#show()
  }

  #came(part: Part<Row>, { page, error, stale }: Came<Row>): void {
    // What the cache has is good enough to begin with, and no better than what is there.
    if (stale && (part.read || !page)) return
    part.waiting = stale
    part.error = page ? null : error ?? null
    if (page) part.read = { ...page, after: part.after }
    const rest = this.#parts.slice(this.#parts.indexOf(part) + 1)
    const [next] = rest
    if (page && page.end === null) {
      for (const gone of rest) gone.close()
      this.#parts.length -= rest.length
    } else if (page && next && (next.due || next.after !== page.end)) {
      next.after = page.end
      this.#read(next, true)
    } else if (!page) {
      for (const later of rest) later.due = false
    }
    if (this.#again && !this.#parts.some((one) => one.waiting)) {
      this.#again = false
      this.reload()
    }
    this.#show()
  }

  #show(): void {
    const parts = this.#parts
    const last = parts.at(-1)
    if (!last) return
    // While pages are read again that do not follow each other any more, what was there before is shown.
    const whole = parts.every(({ read }, index) => read === null || index === 0 || read.after === parts[index - 1]?.read?.end)
    if (whole) this.#rows = parts.flatMap(({ read }) => read?.rows ?? [])
    this.#tell({
      rows: this.#rows,
      loading: last.waiting && last.read === null,
      error: parts.find((part) => part.error)?.error ?? null,
      more: last.read ? last.read.end !== null : last.error !== null,
    })
  }
}
