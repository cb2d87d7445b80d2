import { graphql } from '@/gql'
import { Transfer } from '../money/Transfer.tsx'
import type { Payee } from '../money/Receiver.tsx'
import { useQuery } from '../kit/query.ts'

const OwnWalletDocument = graphql(`
  query OwnWallet { wallet { id available { amount currency } } }
`)

/** From the site's wallet to a buyer's. */
export function TopUp({ payee, onClose, onDone }: { payee: Payee; onClose: () => void; onDone: () => void }) {
  const [{ data }] = useQuery({ query: OwnWalletDocument, requestPolicy: 'network-only' })
  if (!data?.wallet) return null
  return <Transfer from={data.wallet.available} to={payee} onClose={onClose} onDone={onDone} />
}
