import { describe, expect, it } from "vitest";
import { datesOfRule, parseRule, ruleText } from "../src/recurrence";
import { chosenLabel, fitsForm, kindByDays, kindLabel, kindOf, KINDS, monthChoiceOf, monthChoices, ruleOfKind, textWords, withFrequency } from "../src/rule-words";

function dates(text: string, date: string, most = 5, more: { exdates?: string[]; wallSec?: number; zone?: string } = {}, from?: string): string[] {
  const rule = parseRule(text);
  if (!rule) throw new Error(`not read: ${text}`);
  return datesOfRule(rule, { date, ...more }, most, from);
}

describe("a rule comes", () => {
  // Of RFC 5545, 3.8.5.3, as it prints them; then of libical's published table.
  it.each([
    ["FREQ=DAILY;COUNT=10", "1997-09-02", ["1997-09-02", "1997-09-03", "1997-09-04", "1997-09-05", "1997-09-06"]],
    ["FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02", ["1997-09-02", "1997-09-12", "1997-09-22", "1997-10-02", "1997-10-12"]],
    ["FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", ["1997-09-02", "1997-09-16", "1997-09-30", "1997-10-14", "1997-10-28"]],
    ["FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997-09-02", ["1997-09-02", "1997-09-04", "1997-09-09", "1997-09-11", "1997-09-16"]],
    ["FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997-09-05", ["1997-09-05", "1997-10-03", "1997-11-07", "1997-12-05", "1998-01-02"]],
    ["FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997-09-07", ["1997-09-07", "1997-09-28", "1997-11-02", "1997-11-30", "1998-01-04"]],
    ["FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-09-22", ["1997-09-22", "1997-10-20", "1997-11-17", "1997-12-22", "1998-01-19"]],
    ["FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", ["1997-09-28", "1997-10-29", "1997-11-28", "1997-12-29", "1998-01-29"]],
    ["FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "1997-09-30", ["1997-09-30", "1997-10-01", "1997-10-31", "1997-11-01", "1997-11-30"]],
    ["FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "1997-06-10", ["1997-06-10", "1997-07-10", "1998-06-10", "1998-07-10", "1999-06-10"]],
    ["FREQ=YEARLY;BYDAY=20MO", "1997-05-19", ["1997-05-19", "1998-05-18", "1999-05-17", "2000-05-15", "2001-05-14"]],
    ["FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", ["1997-03-13", "1997-03-20", "1997-03-27", "1998-03-05", "1998-03-12"]],
    ["FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998-02-13", ["1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13", "2000-10-13"]],
    ["FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13", ["1997-09-13", "1997-10-11", "1997-11-08", "1997-12-13", "1998-01-10"]],
    ["FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05", ["1996-11-05", "2000-11-07", "2004-11-02", "2008-11-04", "2012-11-06"]],
    ["FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", ["1997-09-04", "1997-10-07", "1997-11-06"]],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29", ["1997-09-29", "1997-10-30", "1997-11-27", "1997-12-30", "1998-01-29"]],
    ["FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]],
    ["FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]],
    ["FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31"]],
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2024-02-29", ["2024-02-29", "2028-02-29", "2032-02-29", "2036-02-29", "2040-02-29"]],
    ["FREQ=MONTHLY", "2026-01-31", ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31"]],
  ])("%s from %s", (text, start, wanted) => {
    expect(dates(text, start, 5)).toEqual(wanted);
  });

  it("up to its last day, its last time, and without what is left out", () => {
    expect(dates("FREQ=DAILY;UNTIL=20261129", "2026-11-27")).toEqual(["2026-11-27", "2026-11-28", "2026-11-29"]);
    const until = { wallSec: 10 * 3600, zone: "Europe/Nicosia" };
    expect(dates("FREQ=DAILY;UNTIL=20261128T080000Z", "2026-11-27", 5, until)).toEqual(["2026-11-27", "2026-11-28"]);
    expect(dates("FREQ=DAILY;UNTIL=20261128T075959Z", "2026-11-27", 5, until)).toEqual(["2026-11-27"]);
    expect(dates("FREQ=DAILY;COUNT=3", "2026-11-27", 5, { exdates: ["2026-11-28"] })).toEqual(["2026-11-27", "2026-11-29"]);
  });

  it("from a later date on, counted from its first one", () => {
    expect(dates("FREQ=WEEKLY;INTERVAL=2;COUNT=5", "2026-11-06", 5, {}, "2026-11-28")).toEqual(["2026-12-04", "2026-12-18", "2027-01-01"]);
  });

  it("never, and that is found out", () => {
    expect(dates("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-02-01")).toEqual([]);
  });
});

describe("a rule's text", () => {
  it.each(["FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "FREQ=MONTHLY;UNTIL=20261224;BYDAY=-1FR", "FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=-1,1"])("%s is read and written back", (text) => {
    const rule = parseRule(text);
    expect(rule && ruleText(rule)).toBe(text);
  });

  it.each(["", "FREQ=HOURLY", "FREQ=WEEKLY;BYWEEKNO=3", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;UNTIL=soon"])("%s is not read", (text) => {
    expect(parseRule(text)).toBeNull();
  });
});

describe("a rule in words", () => {
  it.each([
    ["FREQ=DAILY", "Every day"],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every workday"],
    ["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=5", "Every workday, 5 times"],
    ["FREQ=WEEKLY", "Every week on Friday"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20261224", "Every 2 weeks on Monday and Thursday, until 24 Dec 2026"],
    ["FREQ=MONTHLY", "Every month on day 27"],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day"],
    ["FREQ=MONTHLY;BYMONTHDAY=1,15", "Every month on day 1 and day 15"],
    ["FREQ=MONTHLY;BYDAY=-1FR", "Every month on the last Friday"],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "Every month on the last of Monday, Tuesday, Wednesday, Thursday and Friday"],
    ["FREQ=YEARLY", "Every year on 27 November"],
    ["FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "Every year on the fourth Thursday in November"],
    ["FREQ=HOURLY", "FREQ=HOURLY"],
  ])("%s: %s", (text, words) => {
    expect(textWords(text, "2026-11-27")).toBe(words);
  });
});

describe("the choices of the form", () => {
  it("are rules that come on the event's own date, and are found again", () => {
    for (const date of ["2026-11-27", "2026-11-30", "2026-02-28", "2026-03-31", "2028-02-29", "2026-11-04"]) {
      for (const kind of KINDS) {
        if (kind === "none" || kind === "custom" || (kind === "workdays" && date === "2026-02-28")) continue;
        const rule = ruleOfKind(kind, date);
        expect(datesOfRule(rule, { date }, 1)).toEqual([date]);
        expect(kindOf(ruleText(rule))).toBe(kind);
      }
    }
  });

  it("are every workday also where they are daily on these days", () => {
    expect(kindOf("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR")).toBe("workdays");
    expect(kindOf("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=5")).toBe("workdays");
  });

  it("are custom where no choice says it", () => {
    expect(["FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=YEARLY;BYMONTH=3", "FREQ=WEEKLY;WKST=SU", "FREQ=DAILY;BYDAY=MO", "nonsense"].map(kindOf)).toEqual(["custom", "custom", "custom", "custom", "custom"]);
    expect(kindOf("FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR")).toBe("custom");
    expect(kindOf("")).toBe("none");
    expect(kindLabel("monthly", "2026-11-30")).toBe("Every month on the last day");
  });

  it.each([
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;COUNT=3", "weekly", "Every 2 weeks on Friday"],
    ["FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261224", "weekly", "Every week on Monday and Thursday"],
    ["FREQ=DAILY;INTERVAL=3", "daily", "Every 3 days"],
  ])("are called by the rule: %s", (text, kind, label) => {
    const rule = parseRule(text);
    if (!rule) throw new Error(text);
    expect([kindOf(text), chosenLabel(rule, kindOf(text), "2026-11-27")]).toEqual([kind, label]);
  });
});

describe("while days of the week are chosen", () => {
  const workdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";

  it("Monday to Friday are days like others, and every workday once the form is opened again", () => {
    expect([kindByDays(workdays), kindOf(workdays)]).toEqual(["weekly", "workdays"]);
    const rule = parseRule(`${workdays};COUNT=9`);
    const days = "Every week on Monday, Tuesday, Wednesday, Thursday and Friday";
    expect(rule && [chosenLabel(rule, "weekly", "2026-11-27"), chosenLabel(rule, "workdays", "2026-11-27")]).toEqual([days, "Every workday"]);
  });

  it("a rule that is not by week is the choice that it is", () => {
    const texts = ["", "FREQ=DAILY", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=WEEKLY;WKST=SU"];
    expect(texts.map(kindByDays)).toEqual(["none", "daily", "workdays", "weekly", "custom"]);
  });
});

describe("the form of another rule", () => {
  it.each([
    "FREQ=DAILY;INTERVAL=3;COUNT=5",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20261224",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
    "FREQ=YEARLY;INTERVAL=4",
  ])("shows all of %s", (text) => {
    const rule = parseRule(text);
    expect(rule && fitsForm(rule)).toBe(true);
  });

  it.each([
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;BYMONTH=3",
    "FREQ=WEEKLY;BYDAY=MO;WKST=SU",
    "FREQ=WEEKLY;UNTIL=20261224T150000Z",
    "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "FREQ=MONTHLY;BYDAY=FR",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=MONTHLY;BYDAY=1MO,3MO",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYMONTHDAY=1",
  ])("leaves %s to the text", (text) => {
    const rule = parseRule(text);
    expect(rule && fitsForm(rule)).toBe(false);
  });

  it("keeps interval and end in another unit, and takes the days of the date", () => {
    const rule = parseRule("FREQ=WEEKLY;INTERVAL=3;COUNT=4;BYDAY=MO,TU");
    const text = (freq: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY", date: string) => rule && ruleText(withFrequency(rule, freq, date));
    expect(text("DAILY", "2026-11-27")).toBe("FREQ=DAILY;INTERVAL=3;COUNT=4");
    expect(text("WEEKLY", "2026-11-27")).toBe("FREQ=WEEKLY;INTERVAL=3;COUNT=4;BYDAY=FR");
    expect(text("MONTHLY", "2026-11-27")).toBe("FREQ=MONTHLY;INTERVAL=3;COUNT=4;BYMONTHDAY=27");
    expect(text("MONTHLY", "2027-01-31")).toBe("FREQ=MONTHLY;INTERVAL=3;COUNT=4;BYMONTHDAY=-1");
    expect(text("YEARLY", "2026-11-27")).toBe("FREQ=YEARLY;INTERVAL=3;COUNT=4");
  });

  it.each([
    ["2026-11-05", "FREQ=MONTHLY", ["day 5", "the first Thursday"]],
    ["2026-11-27", "FREQ=MONTHLY", ["day 27", "the fourth Friday", "the last Friday"]],
    ["2027-01-31", "FREQ=MONTHLY", ["day 31", "the last day", "the last Sunday"]],
    ["2026-11-05", "FREQ=MONTHLY;BYDAY=2MO", ["the second Monday", "day 5", "the first Thursday"]],
  ])("offers the days of the month that go with %s and %s", (date, text, words) => {
    const rule = parseRule(text);
    if (!rule) throw new Error(text);
    expect(monthChoices(rule, date).map((one) => one.words)).toEqual(words);
    expect(monthChoiceOf(rule, date).words).toBe(words[0]);
  });
});
