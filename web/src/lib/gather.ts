/** News that arrives together is told together: once it has been quiet for a while, in milliseconds, and at the latest
 *  when the first of it has waited `most`, for where it is never quiet. */
export type Pace = { quiet: number; most: number }

export type Gatherer<Item> = { add: (item: Item | null) => void; close: () => void }

/** Collects items and hands them over together. What is null only says that there is news. */
export function gathering<Item>(tell: (items: Item[]) => void, { quiet, most }: Pace): Gatherer<Item> {
  let items: Item[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let first: number | null = null
  const now = () => {
    const told = items
    ;[items, first] = [[], null]
    tell(told)
  }
  return {
    add: (item) => {
      if (item !== null) items.push(item)
      first ??= Date.now()
      clearTimeout(timer)
      timer = setTimeout(now, Math.max(0, Math.min(quiet, first + most - Date.now())))
    },
    close: () => clearTimeout(timer),
  }
}
