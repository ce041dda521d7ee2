create table ours (id varchar(10), amount decimal(10,2));
insert into ours values ('1', 1), ('6', 6);
