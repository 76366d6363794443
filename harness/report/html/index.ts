// report.html: the report that people look at. What a run's writer needs of it.
export type { ReportData } from './data.js';
export { JournalView, type JournalPicture } from './journal-view.js';
export { renderHtml } from './page.js';
export { pictureOf, reportData, reportDataFrom, type JournalOf } from './report-data.js';
