import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { MonitorSmartphone } from 'lucide-react'
import { graphql } from '@/gql'
import { faultText, troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Badge, Card, Notice, Skeleton } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { deviceOf } from './device.ts'

const SessionsDocument = graphql(`
  query Sessions { viewer { user { id } sessions { id createdAt expiresAt userAgent current } } }
`)
const EndSessionDocument = graphql(`
  mutation EndSession($input: SessionEndInput!) { sessionEnd(input: $input) { errors { code message path } } }
`)

/** Where this account is signed in; every other session can be ended from here. */
export function Sessions() {
  const { t, time } = useWords()
  const [{ data, error }, again] = useQuery({ query: SessionsDocument, requestPolicy: 'cache-and-network' })
  const [{ fetching }, end] = useMutation(EndSessionDocument)
  const [ending, setEnding] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string[]>([])
  const stop = async (sessionId: string) => {
    setEnding(sessionId)
    const { data: done, error: fault } = await end({ input: { sessionId } })
    const said = troubles(t, fault, done?.sessionEnd.errors)
    setWrong(said)
    again({ requestPolicy: 'network-only' })
    if (said.length === 0) toast(t('settings.sessions.ended'))
  }
  const sessions = data?.viewer?.sessions
  return (
    <Card aria-labelledby="sessions" className="flex flex-col gap-3">
      <h2 id="sessions" className="text-lg font-semibold">{t('settings.sessions')}</h2>
      {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
      {error && !sessions && <Notice tone="bad">{faultText(t, error)}</Notice>}
      {!sessions && !error && <Skeleton className="h-14" />}
      <ul className="flex flex-col divide-y divide-line">
        {sessions?.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-3 py-3 first:pt-0 last:pb-0">
            <MonitorSmartphone className="size-5 shrink-0 text-muted" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="font-medium">{one.userAgent ? deviceOf(one.userAgent) : t('settings.sessions.unknown')}</p>
              <p className="text-xs text-muted">{t('settings.sessions.since', { at: time(one.createdAt) })}</p>
            </div>
            {one.current
              ? <Badge tone="good">{t('settings.sessions.this')}</Badge>
              : <Button size="sm" busy={fetching && ending === one.id} onClick={() => void stop(one.id)}>{t('settings.sessions.end')}</Button>}
          </li>
        ))}
      </ul>
    </Card>
  )
}
