import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { Badge, Card, Notice, Progress } from '@/ui/parts.tsx'
import type { Guard } from './guard.ts'

/** What a supplier has deposited and how its claims fare, beside what is asked of it. */
export function GuardFacts({ guard }: { guard: Guard }) {
  const { t, money, percent, number } = useWords()
  const [has, level] = [micros(guard.deposit.amount) ?? 0n, micros(guard.depositLevel.amount) ?? 0n]
  const late = guard.claims ? Math.round((guard.claimsLate * 10_000) / guard.claims) : 0
  return (
    <div className="flex flex-col gap-4">
      {guard.paused && <Notice tone="bad" title={t('money.guard.paused')}>{t(`money.guard.paused.${guard.paused}`)}</Notice>}
      {!guard.paused && <p><Badge tone="good">{t('money.guard.fine')}</Badge></p>}
      <div className="grid gap-4 sm:grid-cols-2">
        <Card as="div">
          <p className="text-sm text-muted">{t('money.deposit')}</p>
          <p className="text-3xl font-semibold tabular-nums">{money(guard.deposit)}</p>
          <p className="mt-1 mb-3 text-sm text-muted">{level > 0n ? t('money.deposit.of', { level: money(guard.depositLevel) }) : t('money.deposit.none')}</p>
          {level > 0n && <Progress value={Number((has * 1000n) / level) / 1000} label={t('money.deposit')} />}
        </Card>
        <Card as="div">
          <p className="text-sm text-muted">{t('money.late')}</p>
          <p className="text-3xl font-semibold tabular-nums">{guard.claims ? percent(late) : '—'}</p>
          <p className="mt-1 mb-3 text-sm text-muted">
            {t('money.late.of', { late: number(guard.claimsLate), claims: guard.claims })}{' '}
            {guard.lateLimitBasisPoints === null || guard.lateLimitBasisPoints === undefined ? t('money.late.noLimit') : t('money.late.limit', { limit: percent(guard.lateLimitBasisPoints) })}
          </p>
          {guard.lateLimitBasisPoints ? <Progress value={late / guard.lateLimitBasisPoints} label={t('money.late')} /> : null}
        </Card>
      </div>
    </div>
  )
}
