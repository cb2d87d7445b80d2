import { clsx, type ClassValue } from 'clsx'

/** Class names, the falsy ones left out. */
export const cx = (...values: ClassValue[]): string => clsx(values)
