create table ours (id varchar(10));
insert into ours values ('1');
