/* Sends an act with gSOAP and reads its status: service address, login and password come as arguments. */
#include "soapH.h"
#include "EdoGateway_USCORE1_USCORE0SoapBinding.nsmap"

static void fail(struct soap *soap) {
  soap_print_fault(soap, stderr);
  exit(1);
}

/* gSOAP forgets credentials after each call. */
static void sign_in(struct soap *soap, char **argv) {
  soap->userid = argv[2];
  soap->passwd = argv[3];
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  struct soap *soap = soap_new1(SOAP_C_UTFSTRING | SOAP_XML_INDENT);
  const char *address = argv[1];

  struct ns2__Party seller = {0};
  seller.TaxId = "260140000114";
  seller.Name = "ТОО «Алатау Снаб»";
  struct ns2__Party buyer = {0};
  buyer.TaxId = "260140000604";
  buyer.Name = "ТОО «Есіл Құрылыс»";

  struct ns2__ActLine line = {0};
  line.Name = "Техническое обслуживание";
  line.Quantity = "1";
  line.Price = "100000";
  line.AmountWithoutVat = "100000.00";
  line.VatRate = "16";
  line.VatAmount = "16000.00";
  line.AmountWithVat = "116000.00";

  struct ns2__Totals totals = {"100000.00", "16000.00", "116000.00"};

  struct ns2__Act act = {0};
  act.Guid = "gsoap-0001";
  act.Number = "16";
  act.Date = "2026-03-31";
  act.Seller = &seller;
  act.Buyer = &buyer;
  act.__sizeLine = 1;
  act.Line = &line;
  act.Totals = &totals;

  struct _ns1__SendAct request = {0};
  request.Document = &act;
  request.Key = "gsoap-1";
  struct _ns1__SendActResponse receipt;
  sign_in(soap, argv);
  if (soap_call___ns1__SendAct(soap, address, NULL, &request, &receipt)) fail(soap);

  struct _ns1__SendActResponse repeat;
  sign_in(soap, argv);
  if (soap_call___ns1__SendAct(soap, address, NULL, &request, &repeat)) fail(soap);

  struct _ns1__GetStatus question = {0};
  question.DocumentId = receipt.return_->DocumentId;
  struct _ns1__GetStatusResponse answer;
  sign_in(soap, argv);
  if (soap_call___ns1__GetStatus(soap, address, NULL, &question, &answer)) fail(soap);

  struct _ns1__GetStatus foreign = {0};
  foreign.DocumentId = "no-such-document";
  struct _ns1__GetStatusResponse none;
  sign_in(soap, argv);
  if (!soap_call___ns1__GetStatus(soap, address, NULL, &foreign, &none)) return 3;
  struct ns1__Faults *faults = soap->fault->detail->ns1__Faults;

  printf("{\"id\":\"%s\",\"repeat\":[\"%s\",%s],\"status\":[\"%s\",\"%s\",\"%s\",\"%s\"],\"fault\":[\"%s\",\"%s\"]}\n",
         receipt.return_->DocumentId, repeat.return_->DocumentId,
         repeat.return_->Repeat ? "true" : "false", answer.return_->Kind, answer.return_->SenderName,
         answer.return_->State, answer.return_->Date, faults->Fault[0].Code, faults->RequestId);
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
  return 0;
}
