import { useEffect, useState } from 'react'
import { ArrowLeft } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Badge, Fact, Facts, Notice, PageHead, Progress } from '@/ui/parts.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay } from '../viewer.tsx'
import { recallTone } from './recall.ts'

const RecallDocument = graphql(`
  query ConsoleRecall($id: ID!) { recall(id: $id) { ...RecallLook } }
`)
export const RecallLook = graphql(`
  fragment RecallLook on Recall {
    id importId status reason remedy note createdAt confirmedAt finishedAt unsold units waiting replaced refunded left
    amount { amount currency }
  }
`)
const ConfirmDocument = graphql(`
  mutation ConsoleRecallConfirm($input: RecallConfirmInput!) { recallConfirm(input: $input) { recall { ...RecallLook } errors { code message path } } }
`)

/** One batch that is taken back: what it means before it is confirmed, how far it is after. */
export default function Recall({ params }: { params: Record<string, string> }) {
  const { t, time, money, number } = useWords()
  const may = useMay()
  const [{ data, error }, again] = useQuery({ query: RecallDocument, variables: { id: params.id ?? '' }, requestPolicy: 'cache-and-network' })
  const [asked, setAsked] = useState(false)
  const confirm = useAct(ConfirmDocument)
  const recall = data?.recall
  const running = recall?.status === 'RUNNING'
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => again({ requestPolicy: 'network-only' }), 1000)
    return () => clearInterval(timer)
  }, [running, again])
  if (error && !data) return <Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} />
  if (!data) return <Waiting />
  if (!recall) return <Nothing />
  const settled = recall.replaced + recall.refunded + recall.left
  return (
    <>
      <Link href={`/imports/${recall.importId}`} className="mb-3 inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink"><ArrowLeft className="size-4" aria-hidden />{t('recall.batch')}</Link>
      <PageHead title={t('recall.title')}
        actions={recall.status === 'DRAFT' && may('recall:write') && <Button kind="danger" onClick={() => setAsked(true)}>{t('recall.confirm')}</Button>}>
        <span className="flex flex-wrap items-center gap-2 text-sm">
          <Badge tone={recallTone[recall.status]}>{t(`recall.status.${recall.status}`)}</Badge>
          {t(`recall.reason.${recall.reason}`)} · {time(recall.createdAt)}
        </span>
      </PageHead>
      <div className="flex flex-col gap-4">
        {recall.status === 'DRAFT' && <Notice tone="warn" title={t('recall.review')}>{t('recall.review.why')}</Notice>}
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
          <Panel title={t(recall.status === 'DRAFT' ? 'recall.would' : 'recall.progress')}>
            {recall.status !== 'DRAFT' && (
              <div className="mb-5" aria-live="polite">
                <p className="mb-2 text-sm tabular-nums">{t('recall.of', { settled: number(settled), units: number(recall.units) })}</p>
                <Progress value={recall.units === 0 ? 1 : settled / recall.units} label={t('recall.progress')} />
              </div>
            )}
            <Facts>
              <Fact term={t('recall.unsold')}>{number(recall.unsold)}</Fact>
              <Fact term={t('recall.units')}>{number(recall.units)}</Fact>
              <Fact term={t('recall.waiting')}>{number(recall.waiting)}</Fact>
              <Fact term={t('recall.amount')}>{money(recall.amount)}</Fact>
              {recall.status !== 'DRAFT' && <Fact term={t('recall.replaced')}>{number(recall.replaced)}</Fact>}
              {recall.status !== 'DRAFT' && <Fact term={t('recall.refunded')}>{number(recall.refunded)}</Fact>}
              {recall.status !== 'DRAFT' && <Fact term={t('recall.left')}>{number(recall.left)}</Fact>}
            </Facts>
          </Panel>
          <Panel title={t('recall.buyersGet')}>
            <Facts>
              <Fact term={t('recall.remedy')}>{t(`remedy.${recall.remedy}`)}</Fact>
              {recall.confirmedAt && <Fact term={t('recall.confirmedAt')}>{time(recall.confirmedAt)}</Fact>}
              {recall.finishedAt && <Fact term={t('recall.finishedAt')}>{time(recall.finishedAt)}</Fact>}
            </Facts>
            <blockquote className="mt-4 border-l-2 border-line pl-4 text-sm whitespace-pre-line">{recall.note}</blockquote>
          </Panel>
        </div>
      </div>
      <Ask open={asked} onClose={() => setAsked(false)} title={t('recall.confirm')} confirm={t('recall.confirm')} kind="danger" busy={confirm.busy} wrong={confirm.wrong}
        onConfirm={async () => (await confirm.act({ input: { recallId: recall.id } })) !== null}>
        <p>{t('recall.confirm.means', { units: number(recall.units), unsold: number(recall.unsold), amount: money(recall.amount) })}</p>
      </Ask>
    </>
  )
}
