import { Component, type ReactNode } from 'react'
import { ServerCrash } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { EmptyState } from '@/ui/parts.tsx'

/** Catches a page that can't be drawn, or whose script did not arrive. */
export class Unbroken extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }
  static getDerivedStateFromError() {
    return { broken: true }
  }
  override render() {
    return this.state.broken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const { t } = useWords()
  return (
    <EmptyState icon={<ServerCrash />} title={t('state.failed')} action={<Button kind="primary" onClick={() => location.reload()}>{t('state.retry')}</Button>}>
      {t('fault.network')}
    </EmptyState>
  )
}
