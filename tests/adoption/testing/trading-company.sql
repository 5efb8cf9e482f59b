-- A trading company as the sample databases of the trade have it, and all that SQLite allows besides. Written for these tests.
CREATE TABLE "Customers" (
  "CustomerID" NCHAR(5) PRIMARY KEY, "CompanyName" NVARCHAR(40) NOT NULL COLLATE NOCASE, "Contact Name" NVARCHAR(30), "Region" NVARCHAR(15),
  UNIQUE ("CompanyName")
) WITHOUT ROWID;
CREATE TABLE "Employees" (
  "EmployeeID" INTEGER PRIMARY KEY AUTOINCREMENT, "LastName" NVARCHAR(20) NOT NULL, "FirstName" NVARCHAR(10) NOT NULL, "BirthDate" DATETIME, "HireDate" DATETIME DEFAULT CURRENT_TIMESTAMP,
  "Photo" BLOB, "ReportsTo" INT REFERENCES "Employees" ("EmployeeID") ON DELETE SET NULL, "Full Name" TEXT GENERATED ALWAYS AS ("FirstName" || ' ' || "LastName") VIRTUAL,
  CHECK ("BirthDate" IS NULL OR "BirthDate" > '1900')
);
CREATE TABLE "Categories" ("CategoryID" INTEGER PRIMARY KEY, "CategoryName" NVARCHAR(15) NOT NULL, "Picture" IMAGE);
CREATE TABLE "Products" (
  "ProductID" INTEGER PRIMARY KEY, "ProductName" NVARCHAR(40) NOT NULL COLLATE NOCASE, "CategoryID" INTEGER REFERENCES "Categories" ("CategoryID"), "UnitPrice" NUMERIC(10,2) DEFAULT 0,
  "UnitsInStock" SMALLINT DEFAULT (1 + 1), "Discontinued" BIT NOT NULL DEFAULT 0, "Tags" JSON, "Total" NUMERIC AS ("UnitPrice" * "UnitsInStock") STORED, "updated_at" TEXT,
  CONSTRAINT "CK_Price" CHECK ("UnitPrice" >= 0)
);
CREATE UNIQUE INDEX "Products_Name" ON "Products" ("ProductName" COLLATE NOCASE);
CREATE INDEX "In Stock" ON "Products" ("CategoryID") WHERE "UnitsInStock" > 0;
CREATE UNIQUE INDEX "Products_Lower" ON "Products" (lower("ProductName"), "CategoryID");
CREATE TABLE "Orders" (
  "OrderID" INTEGER PRIMARY KEY, "CustomerID" NCHAR(5) NOT NULL REFERENCES "Customers" ("CustomerID") ON UPDATE CASCADE, "EmployeeID" INT REFERENCES "Employees", "OrderDate" TIMESTAMP,
  "Freight" MONEY DEFAULT 0, "Ship Country" NVARCHAR(15), "Comment" CLOB
);
CREATE TABLE "Order Details" (
  "OrderID" INTEGER NOT NULL REFERENCES "Orders" ON DELETE CASCADE, "ProductID" INTEGER NOT NULL REFERENCES "Products", "Quantity" SMALLINT NOT NULL DEFAULT 1 CHECK ("Quantity" > 0),
  PRIMARY KEY ("OrderID", "ProductID")
);
CREATE TABLE "Shippers" ("ShipperID" INT PRIMARY KEY, "Phone" TEXT NOT NULL DEFAULT (lower(hex(randomblob(4))))) STRICT;
CREATE TABLE "any" ("id" INTEGER PRIMARY KEY, "value" ANY) STRICT;
CREATE TABLE "Territories" ("TerritoryDescription", "RegionID" INT);
CREATE TABLE "Audit" ("Id" INTEGER PRIMARY KEY, "What" TEXT);
CREATE TABLE "Codes" ("code" TEXT PRIMARY KEY ON CONFLICT IGNORE, "n" INT UNIQUE ON CONFLICT REPLACE);
CREATE VIRTUAL TABLE "ProductSearch" USING fts5 ("ProductName", content = 'Products', content_rowid = 'ProductID');
CREATE VIEW "Current Products" AS SELECT "ProductID", "ProductName" FROM "Products" WHERE "Discontinued" = 0;
CREATE VIEW "Order Subtotals" AS SELECT "OrderID", sum("UnitPrice" * "Quantity") AS "Subtotal" FROM "Order Details" JOIN "Products" USING ("ProductID") GROUP BY 1;
CREATE TRIGGER "products_ai" AFTER INSERT ON "Products" BEGIN
  INSERT INTO "ProductSearch" (rowid, "ProductName") VALUES (NEW."ProductID", NEW."ProductName");
  INSERT INTO "Audit" ("What") VALUES ('new ' || NEW."ProductName");
END;
CREATE TRIGGER "products_au" AFTER UPDATE OF "ProductName", "UnitPrice" ON "Products" BEGIN
  UPDATE "Products" SET "updated_at" = 'touched' WHERE "ProductID" = NEW."ProductID" AND "updated_at" IS NOT 'touched';
END;
CREATE TRIGGER "no_cheap_deletes" BEFORE DELETE ON "Products" WHEN OLD."UnitPrice" < 1 BEGIN SELECT RAISE(ABORT, 'too cheap to delete'); END;
CREATE TRIGGER "quiet" BEFORE INSERT ON "Categories" WHEN NEW."CategoryName" = 'ignored' BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER "insert_product" INSTEAD OF INSERT ON "Current Products" BEGIN INSERT INTO "Products" ("ProductName") VALUES (NEW."ProductName"); END;

INSERT INTO "Customers" VALUES ('ALFKI', 'Alfreds Futterkiste', 'Maria Anders', NULL), ('ÄÖÜ/%', 'Odd & Sons', NULL, 'BC');
INSERT INTO "Employees" ("LastName", "FirstName", "BirthDate", "HireDate", "Photo", "ReportsTo") VALUES
  ('Fuller', 'Andrew', '1952-02-19 00:00:00', '1992-08-14 00:00:00', x'151c2f00', NULL), ('Davolio', 'Nancy', NULL, '1992-05-01 00:00:00', x'ff', 1);
INSERT INTO "Categories" VALUES (1, 'Beverages', x'00ff'), (2, 'Condiments', NULL);
INSERT INTO "Products" ("ProductName", "CategoryID", "UnitPrice", "UnitsInStock", "Discontinued", "Tags") VALUES
  ('Chai', 1, 18, 39, 0, '["tea","hot"]'), ('Chang', 1, 19.5, 17, 1, NULL), ('Penny Candy', NULL, 0.01, 0, 0, '7');
INSERT INTO "Orders" VALUES (10248, 'ALFKI', 1, '1996-07-04T00:00:00.000Z', 32.38, 'France', NULL), (10249, 'ÄÖÜ/%', NULL, NULL, 0, NULL, 'fragile');
INSERT INTO "Order Details" VALUES (10248, 1, 12), (10248, 2, 5);
INSERT INTO "Shippers" VALUES (1, '555'), (2, '556');
INSERT INTO "any" VALUES (1, 1), (2, 'two'), (3, x'0003'), (4, 4.5), (5, NULL);
INSERT INTO "Territories" VALUES ('Westboro', 1);
INSERT INTO "Codes" VALUES ('a', 1);
