import { useEffect, useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { X } from 'lucide-react'
import { cx } from './classes.ts'

/** A question that has to be answered before going on. The browser's own dialog: it traps the focus, closes on Escape
 *  and gives the focus back. */
export function Dialog({ open, onClose, title, children, footer, wide, closeLabel }: {
  open: boolean; onClose: () => void; title: string; children: ReactNode; footer?: ReactNode; wide?: boolean; closeLabel: string
}) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = element.current
    if (!dialog) return
    if (open && !dialog.open) dialog.showModal()
    if (!open && dialog.open) dialog.close()
  }, [open])
  // Taken off the page while it is open, it gives the focus back too: closing does that.
  useLayoutEffect(() => {
    const dialog = element.current
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      // Told a moment later: it may have been opened again since.
      onClose={() => element.current?.open || onClose()}
      onClick={(event) => event.target === element.current && element.current?.close()}
      className={cx('w-full max-w-[calc(100vw-2rem)] rounded-lg bg-surface p-0 shadow-over', wide ? 'sm:max-w-3xl' : 'sm:max-w-lg')}
    >
      {open && (
        <div className="flex max-h-[85dvh] flex-col">
          <header className="flex items-center justify-between gap-3 border-b border-line px-5 py-3">
            <h2 id={titleId} className="text-lg font-semibold">{title}</h2>
            <button type="button" aria-label={closeLabel} onClick={() => element.current?.close()} className="grid size-11 place-items-center rounded-md text-muted hover:bg-sunken">
              <X className="size-5" aria-hidden />
            </button>
          </header>
          <div className="overflow-y-auto px-5 py-4">{children}</div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
        </div>
      )}
    </dialog>
  )
}
