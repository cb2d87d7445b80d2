/** An amount of the API: a decimal as text, and an ISO 4217 code. Never a float. */
export type Money = { amount: string; currency: string }

const formats = new Map<string, Intl.NumberFormat>()
function format(language: string, currency: string): Intl.NumberFormat {
  const key = `${language}:${currency}`
  let one = formats.get(key)
  if (!one) {
    one = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', maximumFractionDigits: 6 })
    formats.set(key, one)
  }
  return one
}

/** As a person reads it, e.g. `¥95.40`. Text goes in, so that no digit is lost on the way. */
export function formatMoney(money: Money, language: string): string {
  return format(language, money.currency).format(money.amount as unknown as number)
}

/** Whole micro-units (a millionth of a major unit), for comparing and adding; null where the text is no decimal. */
export function micros(amount: string): bigint | null {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/.exec(amount.trim())
  if (!match) return null
  const value = BigInt(match[2] ?? '0') * 1_000_000n + BigInt((match[3] ?? '').padEnd(6, '0') || '0')
  return match[1] ? -value : value
}

/** The decimal of micro-units, as short as it is exact but with at least two places. */
export function decimal(value: bigint): string {
  const [sign, size] = value < 0n ? ['-', -value] : ['', value]
  const places = (size % 1_000_000n).toString().padStart(6, '0').replace(/0{1,4}$/, '')
  return `${sign}${size / 1_000_000n}.${places}`
}

/** A number for drawing, where a pixel is worth more than the last digit. */
export const drawn = (money: Money): number => Number(money.amount)
