import { useState, type ReactNode } from 'react'
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import type { CombinedError } from 'urql'
import type { Everything } from '@/lib/everything.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from './Button.tsx'
import { ExportButton } from './ExportButton.tsx'
import { Select } from './Field.tsx'
import { cx } from './classes.ts'
import { Incomplete } from './More.tsx'
import { Skeleton } from './parts.tsx'
import { Failed } from './states.tsx'

type Value = string | number | bigint

export type Column<Row> = {
  key: string
  head: string
  cell: (row: Row) => ReactNode
  /** What is sorted by; also what stands in an exported file, unless `told` says otherwise. Left out: the column does neither. */
  value?: (row: Row) => Value
  /** What stands in an exported file, e.g. an amount's decimal where `value` compares its micro-units. */
  told?: (row: Row) => string | number
  /** Figures stand right, under each other. */
  figures?: boolean
  /** Left out where there is little room. */
  wide?: boolean
  /** Its head is said and not shown, e.g. over buttons. */
  quiet?: boolean
  /** Only in the exported file. */
  fileOnly?: boolean
}

export type Order = { key: string; up: boolean }

type Props<Row> = {
  caption: string
  columns: Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** Nothing has arrived yet, or the next page is on its way. */
  loading?: boolean
  empty: ReactNode
  /** The next page; null: there is none. */
  more?: (() => void) | null
  /** Why something could not be read. Rows that are there stay, and it is said beside them. */
  error?: CombinedError | null
  retry?: () => void
  /** What an exported file is called, without its ending; left out: nothing is exported. */
  file?: string
  /** Fetches every row for the file, where there are more than are shown. */
  all?: (told: (count: number) => void) => Promise<Everything<Row>>
  /** How it is sorted, where the page keeps that (in its address, or because the server sorts). */
  order?: Order | null
  onOrder?: (order: Order) => void
  /** What stands out, e.g. what is selected. */
  marked?: (row: Row) => boolean
}

/** A list of rows: sorted by its heads, paged by cursor, exported as CSV. On a phone each row is a card of its own, so
 *  that nothing scrolls sideways. */
export function DataTable<Row>(props: Props<Row>) {
  const { caption, rows, rowKey, loading, empty, more, error, retry, file, all, marked } = props
  const { t, number } = useWords()
  const [own, setOwn] = useState<Order | null>(null)
  const order = props.order === undefined ? own : props.order
  const sort = props.onOrder ?? setOwn
  const columns = props.columns.filter((column) => !column.fileOnly)
  const by = props.columns.find((column) => column.key === order?.key)?.value
  const shown = by && order ? [...rows].sort((one, other) => compare(by(one), by(other)) * (order.up ? 1 : -1)) : rows
  if (!loading && rows.length === 0) return error && retry ? <Failed error={error} retry={retry} /> : <>{empty}</>
  const turn = (key: string) => sort({ key, up: order?.key === key ? !order.up : true })
  return (
    <div className="flex flex-col gap-3">
      {rows.length > 5 && <SortOnPhone columns={columns} order={order} sort={sort} />}
      <div className="overflow-x-auto sm:rounded-lg sm:border sm:border-line sm:bg-surface" tabIndex={0} role="region" aria-label={caption}>
        <table role="table" className="w-full border-collapse text-sm max-sm:block">
          <caption className="sr-only">{caption}</caption>
          <thead role="rowgroup" className="text-left text-xs text-muted max-sm:hidden">
            <tr role="row" className="border-b border-line">
              {columns.map((column) => (
                <th key={column.key} role="columnheader" scope="col" className={cx('px-4 py-1 font-medium whitespace-nowrap', column.figures && 'text-right', column.wide && 'hidden md:table-cell')}
                  aria-sort={order?.key === column.key ? (order.up ? 'ascending' : 'descending') : undefined}>
                  {column.value ? (
                    <button type="button" className="inline-flex min-h-9 items-center gap-1 hover:text-ink" title={t('table.sort', { column: column.head })} onClick={() => turn(column.key)}>
                      {column.head}
                      <SortMark up={order?.key === column.key ? order.up : null} />
                    </button>
                  ) : <span className={column.quiet ? 'sr-only' : 'inline-flex min-h-9 items-center'}>{column.head}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup" className="max-sm:flex max-sm:flex-col max-sm:gap-3">
            {shown.map((row) => (
              <tr key={rowKey(row)} role="row" className={cx(rowClass, marked?.(row) && 'bg-accent-soft')}>
                {columns.map((column, index) => <Cell key={column.key} column={column} first={index === 0}>{column.cell(row)}</Cell>)}
              </tr>
            ))}
            {loading && Array.from({ length: rows.length === 0 ? 6 : 2 }, (_, index) => (
              <tr key={`wait-${index}`} role="row" className={rowClass} aria-hidden>
                {columns.map((column, place) => <Cell key={column.key} column={column} first={place === 0}><Skeleton className="max-sm:w-24" /></Cell>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Incomplete error={error} retry={retry} />
      {rows.length > 0 && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="text-xs text-muted" role="status">{t(more ? 'table.shown' : 'table.allShown', { count: rows.length, shown: number(rows.length) })}</p>
          {more && <Button size="sm" busy={loading} onClick={more}>{t('table.more')}</Button>}
          {file && <ExportButton className="ml-auto" file={file} columns={props.columns} rows={shown} all={more || error ? all : undefined} />}
        </div>
      )}
    </div>
  )
}

const rowClass = cx(
  'border-line sm:border-b sm:last:border-0 sm:hover:bg-sunken',
  'max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:gap-y-2 max-sm:rounded-lg max-sm:border max-sm:bg-surface max-sm:p-4 max-sm:shadow-raised',
)

function Cell<Row>({ column, first, children }: { column: Column<Row>; first: boolean; children: ReactNode }) {
  return (
    <td role="cell" className={cx(
      'align-top sm:px-4 sm:py-3 sm:align-middle',
      column.figures && 'whitespace-nowrap tabular-nums sm:text-right',
      column.wide ? 'hidden md:table-cell' : 'max-sm:block max-sm:min-w-0',
      first ? 'max-sm:col-span-2 max-sm:text-base sm:min-w-32' : 'sm:[overflow-wrap:normal]',
      column.quiet && 'max-sm:col-span-2',
    )}>
      {!first && !column.quiet && <span className="block text-xs text-muted sm:hidden">{column.head}</span>}
      {children}
    </td>
  )
}

function SortMark({ up }: { up: boolean | null }) {
  if (up === null) return <ArrowUpDown className="size-3.5 opacity-50" aria-hidden />
  return up ? <ArrowUp className="size-3.5" aria-hidden /> : <ArrowDown className="size-3.5" aria-hidden />
}

/** A phone has no heads to press. */
function SortOnPhone<Row>({ columns, order, sort }: { columns: Column<Row>[]; order: Order | null; sort: (order: Order) => void }) {
  const { t } = useWords()
  const able = columns.filter((column) => column.value && !column.wide)
  if (able.length < 2) return null
  return (
    <div className="flex items-end gap-2 sm:hidden">
      <div className="flex-1">
        <Select label={t('table.sortBy')} value={order?.key ?? ''} onChange={(event) => event.target.value && sort({ key: event.target.value, up: order?.up ?? true })}>
          {!order && <option value="">{t('table.unsorted')}</option>}
          {able.map((column) => <option key={column.key} value={column.key}>{column.head}</option>)}
        </Select>
      </div>
      {order && <Button aria-label={t(order.up ? 'table.up' : 'table.down')} onClick={() => sort({ ...order, up: !order.up })} icon={<SortMark up={order.up} />} />}
    </div>
  )
}

function compare(one: Value, other: Value): number {
  if (typeof one === 'string' && typeof other === 'string') return one.localeCompare(other)
  return one < other ? -1 : one > other ? 1 : 0
}
