import { createContext, use } from 'react'
import { graphql } from '@/gql'
import type { ConsoleViewerQuery } from '@/gql/graphql'

export const ViewerDocument = graphql(`
  query ConsoleViewer {
    viewer {
      permissions
      user { id displayName email }
      tenant { id handle name kind status depth }
    }
  }
`)

export type Viewer = NonNullable<ConsoleViewerQuery['viewer']>
export const ViewerContext = createContext<Viewer | null>(null)

/** Who looks, and at which tenant. Only below the sign-in. */
export function useViewer(): Viewer {
  const viewer = use(ViewerContext)
  if (!viewer) throw new Error('nobody is signed in here')
  return viewer
}

/** Whether the viewer may do something, by the action's name. The server decides; this only hides what it would refuse. */
export function useMay(): (action: string) => boolean {
  const { permissions } = useViewer()
  return (action) => permissions.includes(action)
}
