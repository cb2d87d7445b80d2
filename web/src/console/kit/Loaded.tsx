import type { ReactNode } from 'react'
import type { CombinedError } from 'urql'
import { Failed, Waiting } from '@/ui/states.tsx'

/** What was asked for, once it is there; until then its skeleton, and where it could not be had, why. */
export function Loaded<Data>({ data, error, retry, waiting, children }: {
  data: Data | null | undefined; error: CombinedError | undefined; retry: () => void; waiting?: ReactNode; children: (data: Data) => ReactNode
}) {
  if (data !== null && data !== undefined) return <>{children(data)}</>
  if (error) return <Failed error={error} retry={retry} />
  return <>{waiting ?? <Waiting />}</>
}
