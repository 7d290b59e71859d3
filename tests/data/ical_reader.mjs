// What ical.js (Thunderbird's reader) sees in a calendar on standard input: one object an event, times in UTC.

import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";

const { default: ICAL } = await import(pathToFileURL(`${process.argv[2]}/node_modules/ical.js/dist/ical.js`));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
// Only the time zone that the calendar brings is known.
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const told = (time) => (time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString());

const seen = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    title: event.summary,
    starts: told(event.startDate),
    ends: told(event.endDate),
    place: event.location,
    status: component.getFirstPropertyValue("status"),
    sequence: event.sequence,
    changed: told(component.getFirstPropertyValue("last-modified")),
  };
});
process.stdout.write(JSON.stringify(seen));
