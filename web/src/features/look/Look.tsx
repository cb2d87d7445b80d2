import { useState } from 'react'
import { languages, useWords } from '@/lib/i18n.tsx'
import { chooseTheme, chosenTheme, themes } from '@/lib/theme.ts'
import { Choice } from '@/ui/Choice.tsx'

/** How the pages look in this browser: their language, and whether they are light or dark. */
export function Look() {
  const { t, language, choose } = useWords()
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <div className="flex flex-col gap-4">
      <Choice name="language" label={t('look.language')} value={language} onChoose={choose}
        options={languages.map((one) => ({ value: one, text: one === 'en' ? 'English' : '简体中文', lang: one }))} />
      <Choice name="theme" label={t('look.theme')} value={theme} onChoose={(one) => { chooseTheme(one); setTheme(one) }}
        options={themes.map((one) => ({ value: one, text: t(`look.theme.${one}`) }))} />
    </div>
  )
}
