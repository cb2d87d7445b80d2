import { Fragment, useState } from 'react'
import { Check, Minus } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { cx } from '@/ui/classes.ts'
import { actionName, byNoun, nounName } from './actions.ts'

export type MatrixRole = { key: string; name: string; own: boolean; holds: (action: string) => boolean }

/** Every action against every role. On a narrow screen one role at a time. */
export function Matrix({ actions, roles }: { actions: readonly string[]; roles: MatrixRole[] }) {
  const { t } = useWords()
  const [search, setSearch] = useState('')
  const [alone, setAlone] = useState(roles[0]?.key ?? '')
  const wanted = search.trim().toLowerCase()
  const shown = actions.filter((action) => !wanted || `${action} ${actionName(t, action)}`.toLowerCase().includes(wanted))
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label={t('staff.matrix.search')} type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
        <div className="md:hidden">
          <Select label={t('staff.role')} value={alone} onChange={(event) => setAlone(event.target.value)}>
            {roles.map((role) => <option key={role.key} value={role.key}>{role.name}</option>)}
          </Select>
        </div>
      </div>
      <div className="relative max-h-[70dvh] overflow-auto rounded-lg border border-line bg-surface" tabIndex={0} role="region" aria-label={t('staff.matrix')}>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">{t('staff.matrix')}</caption>
          <thead>
            <tr>
              <th scope="col" className="sticky top-0 left-0 z-20 border-b border-line bg-surface px-4 py-2 text-left text-xs font-medium text-muted">{t('staff.action')}</th>
              {roles.map((role) => (
                <th key={role.key} scope="col" className={cx('sticky top-0 z-10 max-w-28 border-b border-line bg-surface px-2 py-2 text-center text-xs font-medium', role.own ? 'text-accent-ink' : 'text-muted', role.key !== alone && 'max-md:hidden')}>{role.name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {byNoun(shown).map(({ noun, actions: of }) => (
              <Fragment key={noun}>
                <tr>
                  <th scope="colgroup" colSpan={roles.length + 1} className="bg-sunken px-4 py-1.5 text-left text-xs font-semibold">{nounName(t, noun)}</th>
                </tr>
                {of.map((action) => (
                  <tr key={action} className="border-b border-line last:border-0 hover:bg-sunken">
                    <th scope="row" className="sticky left-0 bg-surface px-4 py-2 text-left font-normal">
                      {actionName(t, action)} <span className="block font-mono text-xs text-muted">{action}</span>
                    </th>
                    {roles.map((role) => (
                      <td key={role.key} className={cx('px-2 py-2 text-center', role.key !== alone && 'max-md:hidden')}>
                        {role.holds(action)
                          ? <><Check className="mx-auto size-4 text-good" aria-hidden /><span className="sr-only">{t('staff.may')}</span></>
                          : <><Minus className="mx-auto size-4 text-line-strong opacity-60" aria-hidden /><span className="sr-only">{t('staff.mayNot')}</span></>}
                      </td>
                    ))}
                  </tr>
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className="px-4 py-6 text-center text-muted">{t('staff.matrix.none')}</p>}
      </div>
    </div>
  )
}
