import { useState } from 'react'
import { Check, Copy } from 'lucide-react'
import { Button } from './Button.tsx'

/** Copies a text, and says so where it stands. */
export function CopyButton({ text, label, done }: { text: string; label: string; done: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <Button size="sm" onClick={() => void copy()} icon={copied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}>
      <span aria-live="polite">{copied ? done : label}</span>
    </Button>
  )
}
