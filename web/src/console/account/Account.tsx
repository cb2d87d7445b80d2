import { useState, type FormEvent } from 'react'
import { MonitorSmartphone } from 'lucide-react'
import { Look } from '@/features/look/Look.tsx'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Badge, Fact, Facts, PageHead } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { useViewer } from '../viewer.tsx'
import { deviceOf } from './device.ts'

const SessionsDocument = graphql(`
  query DeskSessions { viewer { user { id } sessions { id createdAt expiresAt userAgent current } } }
`)
const SessionEndDocument = graphql(`
  mutation DeskSessionEnd($input: SessionEndInput!) { sessionEnd(input: $input) { errors { code message path } } }
`)
const PasswordDocument = graphql(`
  mutation DeskPassword($input: PasswordChangeInput!) { passwordChange(input: $input) { errors { code message path } } }
`)

/** One's own account: where one is signed in, and the password. */
export default function Account() {
  const { t } = useWords()
  const { user, tenant } = useViewer()
  const [{ data, error }, ask] = useQuery({ query: SessionsDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <>
      <PageHead title={t('place.account')} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Panel title={t('self.who')}>
          <Facts>
            <Fact term={t('self.name')}>{user.displayName}</Fact>
            <Fact term={t('self.email')}>{user.email}</Fact>
            <Fact term={t('self.at')}>{tenant.name}</Fact>
          </Facts>
        </Panel>
        <Panel title={t('look.title')}><Look /></Panel>
        <Password onDone={again} />
        <Panel title={t('self.sessions')} lead={t('self.sessions.lead')}>
          <Loaded data={data?.viewer?.sessions} error={error} retry={again}>
            {(sessions) => (
              <ul className="flex flex-col divide-y divide-line">
                {sessions.map((session) => <SessionRow key={session.id} session={session} onDone={again} />)}
              </ul>
            )}
          </Loaded>
        </Panel>
      </div>
    </>
  )
}

type Session = { id: string; createdAt: string; expiresAt: string; userAgent?: string | null; current: boolean }

function SessionRow({ session, onDone }: { session: Session; onDone: () => void }) {
  const { t, time } = useWords()
  const { act, busy, wrong } = useAct(SessionEndDocument)
  const device = deviceOf(session.userAgent ?? '') ?? t('self.device.unknown')
  const end = async () => {
    if (!(await act({ input: { sessionId: session.id } }))) return
    toast(t('self.session.ended'))
    onDone()
  }
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <MonitorSmartphone className="size-5 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1 basis-48">
        <p className="font-medium">{device} {session.current && <Badge tone="accent">{t('self.session.this')}</Badge>}</p>
        <p className="text-sm text-muted">{t('self.session.times', { since: time(session.createdAt), until: time(session.expiresAt) })}</p>
      </div>
      {!session.current && <Button size="sm" kind="danger" busy={busy} aria-label={t('self.session.end.label', { device })} onClick={() => void end()}>{t('self.session.end')}</Button>}
      <Wrong lines={wrong} />
    </li>
  )
}

function Password({ onDone }: { onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(PasswordDocument, ['current', 'new'], { INVALID_CREDENTIALS: 'self.password.wrong' })
  const [form, setForm] = useState({ current: '', new: '' })
  const change = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await act({ input: form }))) return
    setForm({ current: '', new: '' })
    toast(t('self.password.done'))
    onDone()
  }
  return (
    <Panel title={t('self.password')} lead={t('self.password.lead')}>
      <form onSubmit={(event) => void change(event)} className="flex flex-col gap-4">
        <Wrong lines={wrong} />
        <TextField label={t('self.password.current')} type="password" autoComplete="current-password" required value={form.current} error={at('current')} onChange={(event) => setForm((now) => ({ ...now, current: event.target.value }))} />
        <TextField label={t('self.password.new')} hint={t('self.password.hint')} type="password" autoComplete="new-password" required minLength={8} maxLength={200} value={form.new} error={at('new')} onChange={(event) => setForm((now) => ({ ...now, new: event.target.value }))} />
        <div><Button type="submit" kind="primary" busy={busy} disabled={!form.current || form.new.length < 8}>{t('self.password.do')}</Button></div>
      </form>
    </Panel>
  )
}
