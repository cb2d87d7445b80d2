import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { i18n } from '@lingui/core'
import { formatMoney, type Money } from './money.ts'
import { formatSpan, formatTime } from './time.ts'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]
type Load = (language: Language) => Promise<{ default: Record<string, string> }>

const kept = 'cardamom:language'

/** What was chosen here before, else what the server chose by Accept-Language. */
export function chosenLanguage(): Language {
  let said: string | null = null
  try {
    said = localStorage.getItem(kept)
  } catch {
    // A browser that keeps nothing.
  }
  const wanted = said ?? document.documentElement.lang
  return wanted.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

/** Words that came later than the first ones, and come again in another language. */
const later = new Set<Load>()

async function activate(load: Load, language: Language): Promise<void> {
  const parts = await Promise.all([load, ...later].map((one) => one(language)))
  i18n.loadAndActivate({ locale: language, messages: Object.assign({}, ...parts.map((part) => part.default)) as never })
  document.documentElement.lang = language
}

/** More words, for pages that the first look does not have. To be awaited before such a page is drawn. */
export async function addWords(load: Load): Promise<void> {
  later.add(load)
  const language = i18n.locale as Language
  i18n.load(language, (await load(language)).default as never)
}

/** To be awaited before the first render. */
export async function startLanguage(load: Load): Promise<Language> {
  const language = chosenLanguage()
  await activate(load, language)
  return language
}

type Words = {
  language: Language
  choose: (language: Language) => void
  /** A message of the catalogue, with its values. */
  t: (id: string, values?: Record<string, unknown>) => string
  money: (money: Money) => string
  time: (at: string, style?: 'long' | 'short' | 'date') => string
  span: (seconds: number) => string
  /** Basis points as a percentage. */
  percent: (basisPoints: number) => string
  number: (value: number) => string
}

const Context = createContext<Words | null>(null)

export function LanguageProvider({ first, load, children }: { first: Language; load: Load; children: ReactNode }) {
  const [language, setLanguage] = useState(first)
  // From here on the page is the application's, and no longer what the server has drawn.
  useEffect(() => {
    document.documentElement.dataset.live = ''
  }, [])
  const choose = useCallback((wanted: Language) => {
    try {
      localStorage.setItem(kept, wanted)
    } catch {
      // It holds until the page is left.
    }
    void activate(load, wanted).then(() => setLanguage(wanted))
  }, [load])
  const words = useMemo<Words>(() => ({
    language,
    choose,
    t: (id, values) => i18n._(id, values),
    money: (money) => formatMoney(money, language),
    time: (at, style) => formatTime(at, language, style),
    span: (seconds) => formatSpan(seconds, language),
    percent: (basisPoints) => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(basisPoints / 10_000),
    number: (value) => new Intl.NumberFormat(language).format(value),
  }), [language, choose])
  return <Context value={words}>{children}</Context>
}

/** Everything that is said in the reader's language. */
export function useWords(): Words {
  const words = use(Context)
  if (!words) throw new Error('there is no LanguageProvider around this component')
  return words
}
