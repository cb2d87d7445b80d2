import { useState, type FormEvent } from 'react'
import { useClient } from 'urql'
import { Search } from 'lucide-react'
import { graphql } from '@/gql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Picker, type Choice, type Found } from '@/ui/Picker.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { useQuery } from '../kit/query.ts'

const PayeesDocument = graphql(`
  query Payees { tenants { id handle name kind depth status walletId } }
`)
const PayeeBuyerDocument = graphql(`
  query PayeeBuyer($email: String!) { buyers(first: 1, email: $email) { nodes { id displayName email wallet { id } } } }
`)

/** Whose wallet money goes to, and what it is called. */
export type Payee = { wallet: string; name: string }
type Way = 'buyer' | 'tenant' | 'number'

/** Finds a wallet: a buyer's by e-mail, a tenant's by name where its wallet may be known, any by its number. */
export function Receiver({ onFound, error }: { onFound: (payee: Payee | null) => void; error?: string }) {
  const { t } = useWords()
  const may = useMay()
  const { tenant } = useViewer()
  const [{ data }] = useQuery({ query: PayeesDocument, pause: !may('tenant:read') })
  const known = (data?.tenants ?? []).filter((one) => one.id !== tenant.id && one.walletId && one.status !== 'REJECTED' && one.status !== 'CLOSED')
  const ways: Way[] = [...(may('buyer:read') ? ['buyer' as const] : []), ...(known.length ? ['tenant' as const] : []), 'number']
  const [chosen, setChosen] = useState<Way | null>(null)
  const way = chosen && ways.includes(chosen) ? chosen : ways[0]
  const [picked, setPicked] = useState<Choice | null>(null)
  const find = async (text: string): Promise<Found> => {
    const wanted = text.toLocaleLowerCase()
    const fits = known.filter((one) => one.name.toLocaleLowerCase().includes(wanted) || one.handle.includes(wanted))
    return { choices: fits.map((one) => ({ id: one.id, text: one.name, note: `${t(`tenants.kind.${one.kind}`)} · ${one.handle}` })) }
  }
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-sm font-medium">{t('money.to')}</legend>
      {ways.length > 1 && (
        <div className="flex flex-wrap gap-x-5">
          {ways.map((one) => (
            <label key={one} className="inline-flex min-h-11 items-center gap-2">
              <input type="radio" name="way" className="size-5 accent-[var(--accent)]" checked={one === way} onChange={() => {
                setChosen(one)
                setPicked(null)
                onFound(null)
              }} />
              {t(`money.way.${one}`)}
            </label>
          ))}
        </div>
      )}
      {way === 'buyer' && <ByEmail onFound={onFound} />}
      {way === 'tenant' && (
        <Picker label={t('money.tenant')} error={error} required value={picked} find={find} onChange={(choice) => {
          setPicked(choice)
          const one = known.find((other) => other.id === choice?.id)
          onFound(one?.walletId ? { wallet: one.walletId, name: one.name } : null)
        }} />
      )}
      {way === 'number' && (
        <TextField label={t('money.number')} hint={t('money.number.hint')} error={error} autoComplete="off" className="font-mono" onChange={(event) => {
          const wallet = event.target.value.trim()
          onFound(/^wal_[0-9a-f]{32}$/.test(wallet) ? { wallet, name: wallet } : null)
        }} />
      )}
    </fieldset>
  )
}

function ByEmail({ onFound }: { onFound: (payee: Payee | null) => void }) {
  const { t } = useWords()
  const client = useClient()
  const [email, setEmail] = useState('')
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null)
  const find = async () => {
    const { data, error } = await client.query(PayeeBuyerDocument, { email: email.trim() }).toPromise()
    const buyer = data?.buyers?.nodes[0]
    if (error) setSaid({ text: faultText(t, error), bad: true })
    else setSaid(buyer ? { text: t('money.buyer.found', { name: buyer.displayName }), bad: false } : { text: t('money.buyer.none'), bad: true })
    onFound(buyer ? { wallet: buyer.wallet.id, name: buyer.displayName } : null)
  }
  const enter = (event: FormEvent | { preventDefault: () => void }) => {
    event.preventDefault()
    if (email.trim()) void find()
  }
  return (
    <div className="flex flex-wrap items-start gap-2">
      <div className="min-w-0 flex-1">
        <TextField label={t('money.buyer.email')} type="email" autoComplete="off" value={email} error={said?.bad ? said.text : undefined}
          hint={said && !said.bad ? <span role="status" className="text-good">{said.text}</span> : undefined}
          onChange={(event) => {
            setEmail(event.target.value)
            setSaid(null)
            onFound(null)
          }}
          onKeyDown={(event) => event.key === 'Enter' && enter(event)} />
      </div>
      <Button className="mt-7" icon={<Search className="size-4" aria-hidden />} onClick={enter}>{t('money.buyer.find')}</Button>
    </div>
  )
}
