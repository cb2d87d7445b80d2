import { useState, type FormEvent } from 'react'
import { graphql } from '@/gql'
import type { FaceQuery } from '@/gql/graphql'
import { parseColour } from '@/lib/colour.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextArea, TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { AccentPreview } from './AccentPreview.tsx'

const FaceDocument = graphql(`
  query Face { storefront { id name settings { announcement accent contact } } }
`)
const FaceSetDocument = graphql(`
  mutation FaceSet($input: TenantSettingsSetInput!) {
    tenantSettingsSet(input: $input) { tenant { id settings { announcement accent contact } } errors { code message path } }
  }
`)

/** How a tenant looks to everybody. */
export function Face() {
  const { t } = useWords()
  // The form begins with what is in force now, not with what was when this was last looked at.
  const [{ data, error }, ask] = useQuery({ query: FaceDocument, requestPolicy: 'network-only' })
  return (
    <Panel title={t('settings.face')} lead={t('settings.face.lead')}>
      <Loaded data={data?.storefront} error={error} retry={() => ask({ requestPolicy: 'network-only' })}>
        {(site) => <Form key={site.id} site={site} />}
      </Loaded>
    </Panel>
  )
}

const usual = '#1f6b4f'

function Form({ site }: { site: FaceQuery['storefront'] }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(FaceSetDocument, ['announcement', 'accent', 'contact'])
  const [form, setForm] = useState({
    announcement: site.settings.announcement ?? '', accent: site.settings.accent ?? '', contact: site.settings.contact ?? '',
  })
  const put = (name: keyof typeof form, value: string) => setForm((now) => ({ ...now, [name]: value }))
  const colour = parseColour(form.accent || usual)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const input = { announcement: form.announcement.trim() || null, accent: form.accent.trim().toLowerCase() || null, contact: form.contact.trim() || null }
    if (await act({ input })) toast(t('kit.saved'))
  }
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      <TextArea label={t('settings.announcement')} hint={t('settings.announcement.hint')} value={form.announcement} error={at('announcement')} maxLength={1000} onChange={(event) => put('announcement', event.target.value)} />
      <TextField label={t('settings.contact')} hint={t('settings.contact.hint')} value={form.contact} error={at('contact')} maxLength={200} onChange={(event) => put('contact', event.target.value)} />
      <div className="grid items-start gap-5 md:grid-cols-[18rem_1fr]">
        <div className="flex flex-col gap-3">
          <div className="flex items-end gap-2">
            <TextField label={t('settings.accent')} value={form.accent} placeholder={usual} error={at('accent') ?? (colour ? undefined : t('settings.accent.bad'))} maxLength={7} autoComplete="off" spellCheck={false} className="font-mono" onChange={(event) => put('accent', event.target.value)} />
            <label className="shrink-0">
              <span className="sr-only">{t('settings.accent.pick')}</span>
              <input type="color" value={colour ? form.accent || usual : usual} onChange={(event) => put('accent', event.target.value)} className="h-11 w-14 rounded-md border border-line-strong bg-surface p-1" />
            </label>
          </div>
          {form.accent && <div><Button size="sm" kind="quiet" onClick={() => put('accent', '')}>{t('settings.accent.usual')}</Button></div>}
        </div>
        {colour && <AccentPreview colour={colour} name={site.name} announcement={form.announcement} />}
      </div>
      <div><Button type="submit" kind="primary" busy={busy} disabled={!colour}>{t('kit.save')}</Button></div>
    </form>
  )
}
