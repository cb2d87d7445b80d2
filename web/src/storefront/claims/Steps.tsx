import { useEffect, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { useMutation, useQuery } from 'urql'
import { Check } from 'lucide-react'
import { graphql } from '@/gql'
import type { EvidenceKind } from '@/gql/graphql'
import { dropDraft, useDraft } from '@/lib/draft.ts'
import { freshKey, troubles } from '@/lib/errors.ts'
import { Uploads } from '@/features/claim/Uploads.tsx'
import { useUploads } from '@/features/claim/useUploads.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { Card, Notice, Skeleton } from '@/ui/parts.tsx'
import { emptyClaim, filesHold, type ClaimDraft, type ClaimLine } from './draft.ts'
import { ReasonStep } from './ReasonStep.tsx'
import { FilesWanted, stillWanted } from './FilesWanted.tsx'
import { SelfCheckStep } from './SelfCheckStep.tsx'
import { WishStep } from './WishStep.tsx'

const SelfChecksDocument = graphql(`
  query SelfChecks($kind: ProductKind!, $brand: String) {
    selfCheck(kind: $kind, brand: $brand) { step en zh }
  }
`)
const OpenClaimDocument = graphql(`
  mutation OpenClaim($input: WarrantyClaimOpenInput!) {
    warrantyClaimOpen(input: $input) { claim { id status order { id } } errors { code message path } }
  }
`)

const names = ['check', 'reason', 'evidence', 'wish'] as const
type Name = (typeof names)[number]

/** The steps of a claim. Which one is shown stands in the address; what was said is kept until it is sent. */
export function Steps({ line, deliveryId }: { line: ClaimLine; deliveryId: string }) {
  const { t } = useWords()
  const [path, go] = useLocation()
  const query = useSearch()
  const asked = names.find((one) => one === new URLSearchParams(query).get('step'))
  const [{ data, fetching }] = useQuery({ query: SelfChecksDocument, variables: { kind: line.kind, ...(line.brand && { brand: line.brand }) } })
  const [draft, change] = useDraft<ClaimDraft>(`claim:${deliveryId}`, emptyClaim)
  const files = draft.files.filter((one) => Date.now() - one.at < filesHold)
  const [shows, setShows] = useState<EvidenceKind | null>(null)
  const uploads = useUploads({ deliveryId }, files.length, (sent) => change((now) => ({ files: [...now.files, sent] })), shows)
  // Of what did not come there is nothing to show.
  const required = draft.reason === 'NOT_DELIVERED' ? [] : line.warranty.requiredEvidence
  const wanted = stillWanted(required, files)
  const [{ fetching: sending }, open] = useMutation(OpenClaimDocument)
  const [wrong, setWrong] = useState<string[]>([])
  const heading = useRef<HTMLHeadingElement>(null)
  const checks = data?.selfCheck ?? []
  const steps: readonly Name[] = checks.length > 0 || fetching ? names : names.slice(1)
  const reached = steps.indexOf('reason') >= 0 && (!draft.reason || !draft.description.trim()) ? steps.indexOf('reason') : steps.length - 1
  const at = Math.min(reached, Math.max(0, asked ? steps.indexOf(asked) : 0))
  const name = steps[at] ?? 'reason'
  const first = useRef(true)
  useEffect(() => {
    if (!first.current) heading.current?.focus()
    first.current = false
  }, [name])
  const to = (index: number) => {
    setWrong([])
    go(`${path}?step=${steps[index] ?? name}`)
  }
  const next = () => {
    if (name === 'reason' && !draft.reason) return setWrong([t('wizard.reason.missing')])
    if (name === 'reason' && !draft.description.trim()) return setWrong([t('wizard.description.missing')])
    if (name === 'evidence' && wanted.length) return setWrong([t('wizard.evidence.missing', { kinds: wanted.map((kind) => t(`evidence.kind.${kind}`)).join(t('word.comma')) })])
    to(at + 1)
  }
  const submit = async () => {
    if (!draft.reason || sending) return
    const said = Object.entries(draft.checks).map(([step, { outcome, note }]) => ({ step: Number(step), outcome, ...(note.trim() && { note: note.trim() }) }))
    const { data: done, error } = await open({
      input: {
        deliveryId, reason: draft.reason, description: draft.description.trim(), idempotencyKey: draft.key,
        ...(files.length > 0 && { evidenceUploadIds: files.map(({ id }) => id) }),
        ...(said.length > 0 && { selfCheck: said }),
        ...(draft.wanted && { wanted: draft.wanted }),
      },
    })
    const claim = done?.warrantyClaimOpen.claim
    if (!claim) {
      // An earlier claim has the key: the next try is one of its own, and refused while that one is open.
      if (done?.warrantyClaimOpen.errors.some((one) => one.code === 'IDEMPOTENCY_KEY_REUSED')) change({ key: freshKey() })
      return setWrong(troubles(t, error, done?.warrantyClaimOpen.errors))
    }
    dropDraft(`claim:${deliveryId}`)
    go(`/claims/${claim.id}`, { replace: true })
  }
  const last = at === steps.length - 1
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-5">
      <ol className="flex gap-2" aria-label={t('wizard.steps')}>
        {steps.map((one, index) => (
          <li key={one} aria-current={index === at ? 'step' : undefined} className="flex flex-1 flex-col gap-1.5">
            <span aria-hidden className={cx('h-1 rounded-full', index <= at ? 'bg-accent' : 'bg-line')} />
            <span className={cx('flex items-center gap-1 text-xs', index === at ? 'font-medium' : 'text-muted')}>
              {index < at && <Check className="size-3.5" aria-hidden />}{t(`wizard.step.${one}`)}
            </span>
          </li>
        ))}
      </ol>
      <Card as="div" className="flex flex-col gap-5">
        <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">{t(`wizard.head.${name}`)}</h2>
        {name === 'check' && (fetching && !data ? <Skeleton className="h-40" /> : <SelfCheckStep checks={checks} said={draft.checks} onSay={(step, said) => change((now) => ({ checks: { ...now.checks, [step]: said } }))} />)}
        {name === 'reason' && <ReasonStep covered={line.warranty.coveredReasons} draft={draft} onChange={change} />}
        {name === 'evidence' && (
          <>
            {required.length ? <FilesWanted required={required} files={files} shows={shows} onShows={setShows} /> : <p className="text-sm text-muted">{t('wizard.evidence.why')}</p>}
            <Uploads uploads={uploads} sent={files} onRemove={(id) => change((now) => ({ files: now.files.filter((one) => one.id !== id) }))} />
          </>
        )}
        {name === 'wish' && <WishStep terms={line.warranty} draft={draft} files={files.length} onWish={(wanted) => change({ wanted })} />}
        {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
        <div className="flex flex-wrap justify-between gap-2 border-t border-line pt-4">
          {at > 0 ? <Button onClick={() => to(at - 1)}>{t('word.back')}</Button> : <span />}
          {last
            ? <Button kind="primary" busy={sending} disabled={uploads.busy} onClick={() => void submit()}>{t(uploads.busy ? 'wizard.uploading' : 'wizard.send')}</Button>
            : <Button kind="primary" onClick={next}>{t('wizard.next')}</Button>}
        </div>
      </Card>
      <p className="text-center text-xs text-muted">{t('wizard.kept')}</p>
    </div>
  )
}
