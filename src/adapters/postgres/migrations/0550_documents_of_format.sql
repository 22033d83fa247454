-- older versions: survive

-- What was read from foreign files, by format in the order of arrival: a changed mapping is tried on all of it.
create index document_of_format on document (format, id) where mapping is not null;
