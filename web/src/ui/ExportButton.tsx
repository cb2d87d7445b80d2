import { useState } from 'react'
import { Download } from 'lucide-react'
import type { Everything } from '@/lib/everything.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from './Button.tsx'
import { csv, save } from './csv.ts'
import type { Column } from './DataTable.tsx'
import { toast } from './Toasts.tsx'

/** Saves a table as CSV: what is shown, or everything where it has to be fetched first. */
export function ExportButton<Row>({ file, columns, rows, all, className }: {
  file: string; columns: Column<Row>[]; rows: readonly Row[]; className?: string
  all?: (told: (count: number) => void) => Promise<Everything<Row>>
}) {
  const { t, number } = useWords()
  const [fetched, setFetched] = useState<number | null>(null)
  const told = columns.filter((column) => column.value ?? column.told)
  const run = async () => {
    let every = rows
    if (all) {
      setFetched(0)
      try {
        const { rows: found, cut } = await all(setFetched)
        every = found
        if (cut) toast(t('table.exportCut', { rows: number(found.length) }), 'bad')
      } catch {
        return toast(t('table.exportFailed'), 'bad')
      } finally {
        setFetched(null)
      }
    }
    save(`${file}.csv`, csv(told.map((column) => column.head), every.map((row) => told.map((column) => (column.told ?? column.value)?.(row)))))
  }
  return (
    <Button size="sm" kind="quiet" className={className} busy={fetched !== null} icon={<Download className="size-4" aria-hidden />} onClick={() => void run()}>
      {fetched === null ? t('table.export') : t('table.exporting', { rows: number(fetched) })}
    </Button>
  )
}
