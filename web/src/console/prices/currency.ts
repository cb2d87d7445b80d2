import { graphql } from '@/gql'
import { useQuery } from '../kit/query.ts'

const CurrencyDocument = graphql(`
  query ConsoleCurrency { viewer { wallet { available { currency } } tenant { wallet { available { currency } } } } }
`)

/** What the network settles in: as the wallets that the viewer sees tell it. */
export function useCurrency(): string {
  const [{ data }] = useQuery({ query: CurrencyDocument })
  return data?.viewer?.wallet?.available.currency ?? data?.viewer?.tenant.wallet?.available.currency ?? 'CNY'
}
