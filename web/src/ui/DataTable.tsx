import { useState, type ReactNode } from 'react'
import { ArrowDown, ArrowUp, Download } from 'lucide-react'
import { Button } from './Button.tsx'
import { cx } from './classes.ts'
import { Skeleton } from './parts.tsx'

export type Column<Row> = {
  key: string
  head: string
  cell: (row: Row) => ReactNode
  /** What is sorted by, and what stands in an exported file; left out: the column does neither. */
  value?: (row: Row) => string | number | bigint
  /** Figures stand right, under each other. */
  figures?: boolean
  /** Left out where there is little room. */
  wide?: boolean
}

type Props<Row> = {
  caption: string
  columns: Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** Nothing has arrived yet. */
  loading?: boolean
  empty: ReactNode
  /** The next page; null: there is none. */
  more?: (() => void) | null
  words: { more: string; export: string; sort: (column: string) => string }
  /** What an exported file is called, without its ending; left out: nothing is exported. */
  file?: string
}

/** A list of rows: sorted by its heads, paged by cursor, exported as CSV. */
export function DataTable<Row>({ caption, columns, rows, rowKey, loading, empty, more, words, file }: Props<Row>) {
  const [order, setOrder] = useState<{ key: string; up: boolean } | null>(null)
  const by = columns.find((column) => column.key === order?.key)?.value
  const shown = by && order ? [...rows].sort((one, other) => compare(by(one), by(other)) * (order.up ? 1 : -1)) : rows
  if (!loading && rows.length === 0) return <>{empty}</>
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-x-auto rounded-lg border border-line bg-surface" tabIndex={0} role="region" aria-label={caption}>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">{caption}</caption>
          <thead className="text-left text-xs text-muted">
            <tr className="border-b border-line">
              {columns.map((column) => (
                <th key={column.key} scope="col" className={cx('px-4 py-2 font-medium whitespace-nowrap', column.figures && 'text-right', column.wide && 'hidden md:table-cell')}
                  aria-sort={order?.key === column.key ? (order.up ? 'ascending' : 'descending') : undefined}>
                  {column.value ? (
                    <button type="button" className="inline-flex min-h-9 items-center gap-1 hover:text-ink" aria-label={words.sort(column.head)}
                      onClick={() => setOrder((now) => ({ key: column.key, up: now?.key === column.key ? !now.up : true }))}>
                      {column.head}
                      {order?.key === column.key && (order.up ? <ArrowUp className="size-3.5" aria-hidden /> : <ArrowDown className="size-3.5" aria-hidden />)}
                    </button>
                  ) : column.head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {loading && rows.length === 0
              ? Array.from({ length: 6 }, (_, index) => (
                  <tr key={index} className="border-b border-line last:border-0">
                    {columns.map((column) => <td key={column.key} className={cx('px-4 py-3', column.wide && 'hidden md:table-cell')}><Skeleton /></td>)}
                  </tr>
                ))
              : shown.map((row) => (
                  <tr key={rowKey(row)} className="border-b border-line last:border-0 hover:bg-sunken">
                    {columns.map((column) => (
                      <td key={column.key} className={cx('px-4 py-3 align-top', column.figures && 'text-right tabular-nums', column.wide && 'hidden md:table-cell')}>{column.cell(row)}</td>
                    ))}
                  </tr>
                ))}
          </tbody>
        </table>
      </div>
      <div className="flex flex-wrap justify-between gap-2">
        {more ? <Button size="sm" busy={loading} onClick={more}>{words.more}</Button> : <span />}
        {file && rows.length > 0 && (
          <Button size="sm" kind="quiet" icon={<Download className="size-4" aria-hidden />} onClick={() => save(`${file}.csv`, csv(columns, shown))}>{words.export}</Button>
        )}
      </div>
    </div>
  )
}

function compare(one: string | number | bigint, other: string | number | bigint): number {
  if (typeof one === 'string' && typeof other === 'string') return one.localeCompare(other)
  return one < other ? -1 : one > other ? 1 : 0
}

/** RFC 4180, with what a spreadsheet would take for a formula made harmless. */
export function csv<Row>(columns: Column<Row>[], rows: readonly Row[]): string {
  const told = columns.filter((column) => column.value)
  const field = (value: unknown) => {
    const text = String(value)
    const tame = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
  }
  const lines = [told.map((column) => field(column.head)), ...rows.map((row) => told.map((column) => field(column.value?.(row))))]
  // The mark tells spreadsheets that it is UTF-8.
  return `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}

/** Gives the browser a file to save. */
export function save(name: string, content: BlobPart, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
