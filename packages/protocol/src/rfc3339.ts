const PATTERN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
const DAY_MS = 86_400_000;

/**
 * A moment as RFC 3339 in UTC with milliseconds, like `2026-01-31T09:05:00.000Z`.
 * @param unixMs milliseconds since 1970-01-01 UTC, in the years 0 to 9999.
 */
export function formatRfc3339(unixMs: number): string {
  const days = Math.floor(unixMs / DAY_MS);
  const inDay = Math.floor(unixMs - days * DAY_MS);
  const { year, month, day } = civilFromDays(days);
  const pad = (value: number, width = 2) => String(Math.floor(value)).padStart(width, '0');
  const time = `${pad(inDay / 3_600_000)}:${pad((inDay / 60_000) % 60)}:${pad((inDay / 1000) % 60)}`;
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${time}.${pad(inDay % 1000, 3)}Z`;
}

/**
 * Milliseconds since 1970-01-01 UTC of an RFC 3339 date-time (§5.6) with upper-case `T` and `Z`; finer fractions are
 * cut off. `undefined` for anything else, also for days that the month does not have and for leap seconds.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const field = (i: number) => Number(match[i] ?? 0);
  const [year, month, day, hour, minute, second] = [field(1), field(2), field(3), field(4), field(5), field(6)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || field(9) > 23 || field(10) > 59) return undefined;
  const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offsetMs = (field(9) * 60 + field(10)) * 60_000 * (match[8] === '-' ? -1 : 1);
  const inDay = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  return daysFromCivil(year, month, day) * DAY_MS + inDay - offsetMs;
}

function daysInMonth(year: number, month: number): number {
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return daysFromCivil(nextYear, nextMonth, 1) - daysFromCivil(year, month, 1);
}

/*
 * The proleptic Gregorian calendar in years that begin on 1 March, so that the leap day is the last of its year, and
 * in eras of 400 years = 146 097 days (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 */
const ERA_DAYS = 146_097;
const DAYS_FROM_ERA_START_TO_1970 = 719_468;

function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - DAYS_FROM_ERA_START_TO_1970;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + DAYS_FROM_ERA_START_TO_1970;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}
