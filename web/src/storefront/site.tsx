import { createContext, use } from 'react'
import { graphql } from '@/gql'
import type { SiteQuery } from '@/gql/graphql'

/** What every page of a site needs to know about it; the server's shell asks the same. */
export const SiteDocument = graphql(`
  query Site {
    storefront { id handle name status settings { announcement accent contact } }
  }
`)

export type Site = SiteQuery['storefront']
export const SiteContext = createContext<Site | null>(null)

/** The site that is shown; null until it is known. */
export const useSite = (): Site | null => use(SiteContext)
