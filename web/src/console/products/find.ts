import { useCallback } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { ProductStatus } from '@/gql/graphql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import type { Choice, Found } from '@/ui/Picker.tsx'

const FindProductsDocument = graphql(`
  query ConsoleFindProducts($search: String, $after: String, $status: ProductStatus) {
    products(first: 20, after: $after, status: $status, search: $search) {
      nodes { id title brand variants { id title sku fulfilment } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

/** Finds products of those that this tenant sees by their title, page after page. */
export function useFindProducts(status?: ProductStatus): (text: string) => Promise<Found> {
  return useFind(status, (product) => [{ id: product.id, text: product.title, ...(product.brand && { note: product.brand }) }])
}

/** Finds variants that are fulfilled from stock, by their product's title. */
export function useFindStocked(): (text: string) => Promise<Found> {
  return useFind(undefined, (product) => product.variants.filter((one) => one.fulfilment === 'STOCK').map((one) => ({ id: one.id, text: nameOf(product.title, one.title), note: one.sku })))
}

/** What a variant is called beside its product: its own title where that says more. */
export const nameOf = (product: string, variant: string): string => (variant === product ? product : `${product} · ${variant}`)

type Product = { id: string; title: string; brand?: string | null; variants: readonly { id: string; title: string; sku: string; fulfilment: string }[] }

function useFind(status: ProductStatus | undefined, choices: (product: Product) => Choice[]): (text: string) => Promise<Found> {
  const client = useClient()
  const { t } = useWords()
  return useCallback(
    (text) => {
      const page = async (after: string | null): Promise<Found> => {
        const { data, error } = await client.query(FindProductsDocument, { search: text || null, after, status: status ?? null }).toPromise()
        const products = data?.products
        if (error || !products) throw new Error(error ? faultText(t, error) : t('state.failed'))
        const { hasNextPage, endCursor } = products.pageInfo
        return { choices: products.nodes.flatMap(choices), more: hasNextPage ? () => page(endCursor ?? null) : null }
      }
      return page(null)
    },
    // How a product becomes choices never changes.
    [client, status, t],
  )
}
