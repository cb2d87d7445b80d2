import { Notice } from '@/ui/parts.tsx'

/** Why something was not done, above what would have done it. */
export function Wrong({ lines }: { lines: readonly string[] }) {
  return lines.map((line) => <Notice key={line} tone="bad">{line}</Notice>)
}
