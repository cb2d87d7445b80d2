import { Check } from 'lucide-react'
import { contrast, hex, shadesOf, type Colour } from '@/lib/colour.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Notice } from '@/ui/parts.tsx'

/** What a site would look like in a colour, by light and by dark, with the contrast of each. */
export function AccentPreview({ colour, name, announcement }: { colour: Colour; name: string; announcement: string }) {
  const { t, number } = useWords()
  const shades = shadesOf(colour)
  const ratio = (value: number) => `${number(Math.round(value * 10) / 10)} : 1`
  return (
    <div className="flex min-w-0 flex-col gap-3" aria-live="polite">
      <div className="grid gap-3 sm:grid-cols-2" aria-label={t('settings.preview')} role="group">
        <Sample name={name} announcement={announcement} canvas="#f7f7f5" surface="#ffffff" ink="#1b1c19" fill={hex(shades.fill)} accentInk={hex(shades.ink)} words={[t('settings.preview.buy'), t('settings.preview.link')]} />
        <Sample name={name} announcement={announcement} canvas="#131412" surface="#1c1d1a" ink="#efefea" fill={hex(shades.fill)} accentInk={hex(shades.darkInk)} words={[t('settings.preview.buy'), t('settings.preview.link')]} />
      </div>
      <ul className="grid gap-x-5 gap-y-1 text-sm sm:grid-cols-3">
        {([['onFill', shades.onFill], ['onLight', shades.onLight], ['onDark', shades.onDark]] as const).map(([key, value]) => (
          <li key={key} className="flex items-center gap-1.5">
            <Check className="size-4 shrink-0 text-good" aria-hidden />
            <span className="text-muted">{t(`settings.contrast.${key}`)}</span>
            <span className="tabular-nums">{ratio(value)}</span>
          </li>
        ))}
      </ul>
      {shades.changed && (
        <Notice tone="info">{t('settings.accent.darkened', { ratio: ratio(contrast([255, 255, 255], colour)), used: hex(shades.fill) })}</Notice>
      )}
    </div>
  )
}

function Sample({ name, announcement, canvas, surface, ink, fill, accentInk, words: [buy, link] }: {
  name: string; announcement: string; canvas: string; surface: string; ink: string; fill: string; accentInk: string; words: [string, string]
}) {
  return (
    <div className="overflow-hidden rounded-md border border-line" style={{ background: canvas, color: ink }} aria-hidden>
      <p className="truncate px-3 py-2 text-sm font-semibold" style={{ background: surface }}>{name}</p>
      <div className="flex flex-col gap-2 p-3 text-sm">
        {announcement.trim() && <p className="line-clamp-2 rounded-sm px-2 py-1 text-xs" style={{ background: surface }}>{announcement}</p>}
        <div className="flex items-center gap-3">
          <span className="rounded-md px-3 py-1.5 font-medium text-white" style={{ background: fill }}>{buy}</span>
          <span className="font-medium underline underline-offset-4" style={{ color: accentInk }}>{link}</span>
        </div>
      </div>
    </div>
  )
}
